/*
 * PKCS #11 modules for the tests, one for each -D.
 *
 * INIT_SEGV, INIT_ABORT, INIT_EXIT, INIT_HANG, LOAD_SEGV, INTERFACE fail when they are loaded.
 * The others are SoftHSM (its path in SOFTHSM) but for one thing: SIGN_HANG, SIGN_SEGV, SIGN_FAIL,
 * SIGN_LIE, SIGN_SHORT spoil C_Sign, PRINT prints. Each call of C_Login and C_Sign leaves a line in
 * the file JOURNAL, with the process's id. SIGN_HUGE and VALUE_HUGE claim absurd lengths.
 */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

typedef unsigned long number;
struct functions {
    unsigned char version[2];
    void *all[68];
};
struct attribute {
    number type;
    void *value;
    number length;
};
enum { INITIALIZE = 0, LOGIN = 18, GET_ATTRIBUTES = 24, SIGN = 43 };

#ifdef LOAD_SEGV
__attribute__((constructor)) static void load(void) { *(volatile int *)0 = 1; }
#endif

#ifdef INTERFACE
number C_GetInterface(void *name, void *version, void **interface, number flags) { return 0x54; }
#endif

#ifdef SOFTHSM

static struct functions inner, outer;

static void note(const char *what) {
#ifdef PRINT
    printf("%s\n", what);
    fflush(stdout);
#endif
    FILE *journal = fopen(JOURNAL, "a");
    fprintf(journal, "%s %d\n", what, getpid());
    fclose(journal);
}

static number login(number session, number user, void *pin, number length) {
    note("login");
    return ((number (*)(number, number, void *, number))inner.all[LOGIN])(session, user, pin, length);
}

static number sign(number session, void *data, number length, unsigned char *out, number *width) {
    if (out) {
        note("sign");
#if defined(SIGN_HANG)
        for (;;) pause();
#elif defined(SIGN_SEGV)
        *(volatile int *)0 = 1;
#elif defined(SIGN_FAIL)
        return 5;
#endif
    }
    number result = ((number (*)(number, void *, number, void *, number *))inner.all[SIGN])(
        session, data, length, out, width);
#if defined(SIGN_HUGE)
    if (!out) *width = 1ul << 60;
#elif defined(SIGN_LIE)
    if (out) out[7] ^= 1;
#elif defined(SIGN_SHORT)
    if (out) *width -= 1;
#endif
    return result;
}

#ifdef VALUE_HUGE
static number attributes(number session, number object, struct attribute *all, number count) {
    number result = ((number (*)(number, number, struct attribute *, number))
                         inner.all[GET_ATTRIBUTES])(session, object, all, count);
    for (number i = 0; i < count; i++)
        if (!all[i].value) all[i].length = 10ul << 30;
    return result;
}
#endif

number C_GetFunctionList(struct functions **list) {
    void *softhsm = dlopen(SOFTHSM, RTLD_NOW);
    number (*ask)(struct functions **) = dlsym(softhsm, "C_GetFunctionList");
    struct functions *found;
    ask(&found);
    inner = outer = *found;
    outer.all[LOGIN] = login;
    outer.all[SIGN] = sign;
#ifdef VALUE_HUGE
    outer.all[GET_ATTRIBUTES] = attributes;
#endif
    *list = &outer;
    return 0;
}

#else

static number initialize(void *arguments) {
#if defined(INIT_SEGV)
    *(volatile int *)0 = 1;
#elif defined(INIT_ABORT)
    abort();
#elif defined(INIT_EXIT)
    exit(7);
#elif defined(INIT_HANG)
    for (;;) pause();
#endif
    return 5;
}

static struct functions functions = {{2, 40}, {initialize}};

number C_GetFunctionList(struct functions **list) {
    *list = &functions;
    return 0;
}

#endif
