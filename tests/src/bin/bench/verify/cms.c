/* OpenSSL's CMS_verify over one message, again and again: cms ROOT.pem MESSAGE.der ROUNDS SECONDS_SINCE_1970 */

#include <openssl/cms.h>
#include <openssl/pem.h>
#include <openssl/x509_vfy.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

int main(int argc, char **argv) {
    if (argc != 5)
        return 2;
    FILE *pem = fopen(argv[1], "r");
    X509 *root = pem ? PEM_read_X509(pem, NULL, NULL, NULL) : NULL;
    X509_STORE *store = X509_STORE_new();
    if (!root || !store || !X509_STORE_add_cert(store, root))
        return 2;
    X509_STORE_set_purpose(store, X509_PURPOSE_ANY);
    X509_VERIFY_PARAM_set_time(X509_STORE_get0_param(store), atoll(argv[4]));

    static unsigned char der[65536];
    FILE *file = fopen(argv[2], "rb");
    long length = file ? (long)fread(der, 1, sizeof der, file) : 0;
    long rounds = atol(argv[3]);
    struct timespec start, end;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &start);
    for (long round = 0; round < rounds; round++) {
        BIO *in = BIO_new_mem_buf(der, (int)length), *out = BIO_new(BIO_s_mem());
        CMS_ContentInfo *cms = d2i_CMS_bio(in, NULL);
        if (!cms || CMS_verify(cms, NULL, store, NULL, out, CMS_BINARY) != 1)
            return 1;
        CMS_ContentInfo_free(cms);
        BIO_free(in);
        BIO_free(out);
    }
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &end);
    double seconds = (double)(end.tv_sec - start.tv_sec) + (double)(end.tv_nsec - start.tv_nsec) / 1e9;
    printf("%f\n", (double)rounds / seconds);
    return 0;
}
