// What BouncyCastle makes of signatures; see README.md.

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PublicKey;
import java.security.Security;
import java.security.Signature;
import java.text.SimpleDateFormat;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.TimeZone;
import javax.crypto.Cipher;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1String;
import org.bouncycastle.asn1.ASN1UTCTime;
import org.bouncycastle.asn1.cms.Attribute;
import org.bouncycastle.asn1.cms.AttributeTable;
import org.bouncycastle.asn1.cms.CMSAttributes;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cms.CMSSignedData;
import org.bouncycastle.cms.SignerInformation;
import org.bouncycastle.cms.jcajce.JcaSimpleSignerInfoVerifierBuilder;
import org.bouncycastle.jce.provider.BouncyCastleProvider;

class Verify {
    static final ASN1ObjectIdentifier NONCE = new ASN1ObjectIdentifier("1.2.840.113549.1.9.25.3");
    static final ASN1ObjectIdentifier CARD_NUMBER = new ASN1ObjectIdentifier("2.16.886.1.100.2.204");

    public static void main(String[] arguments) throws Exception {
        Security.addProvider(new BouncyCastleProvider());
        for (String line : Files.readAllLines(Path.of(arguments[0]), StandardCharsets.UTF_8)) {
            String[] columns = line.split("\t", -1);
            byte[][] binary = new byte[3][];
            for (int i = 0; i < 3; i++) {
                binary[i] = Base64.getDecoder().decode(columns[3 + i]);
            }
            X509CertificateHolder certificate = new X509CertificateHolder(binary[2]);
            List<String> said = new ArrayList<>(List.of(columns[0]));
            switch (columns[1]) {
                case "cms" -> said.addAll(cms(binary[0], binary[1], certificate));
                case "bare" -> bare(columns[2], binary[0], binary[1], key(certificate));
                default -> block(binary[0], binary[1], key(certificate));
            }
            System.out.write((String.join("\t", said) + "\n").getBytes(StandardCharsets.UTF_8));
        }
        System.out.flush();
    }

    static List<String> cms(byte[] content, byte[] signature, X509CertificateHolder certificate) throws Exception {
        CMSSignedData signed = new CMSSignedData(signature);
        Collection<X509CertificateHolder> embedded = signed.getCertificates().getMatches(null);
        for (X509CertificateHolder one : embedded) {
            check(one.equals(certificate), "another certificate");
        }
        check(signed.getSignerInfos().size() == 1, "not one signer");
        SignerInformation signer = signed.getSignerInfos().iterator().next();
        check(signer.getSID().match(certificate), "another signer");
        var verifier = new JcaSimpleSignerInfoVerifierBuilder().setProvider("BC").build(certificate);
        check(signer.verify(verifier), "BouncyCastle says no");

        byte[] inside = (byte[]) signed.getSignedContent().getContent();
        check(Arrays.equals(inside, content), "another content");
        AttributeTable attributes = signer.getSignedAttributes();
        List<String> kinds = new ArrayList<>();
        for (ASN1Encodable one : signer.toASN1Structure().getAuthenticatedAttributes()) {
            kinds.add(Attribute.getInstance(one).getAttrType().getId());
        }
        Attribute time = attributes.get(CMSAttributes.signingTime);
        return List.of(
            "content=" + Base64.getEncoder().encodeToString(inside),
            "digest=" + signer.getDigestAlgOID(),
            "signed=" + signer.getEncryptionAlgOID(),
            "certificates=" + embedded.size(),
            "attributes=" + String.join(",", kinds),
            "nonce=" + text(attributes.get(NONCE)),
            "card=" + text(attributes.get(CARD_NUMBER)),
            "time=" + time(time));
    }

    static String text(Attribute attribute) {
        return attribute == null ? "-" : ((ASN1String) attribute.getAttributeValues()[0]).getString();
    }

    static String time(Attribute attribute) throws Exception {
        if (attribute == null) {
            return "-";
        }
        // A pattern that servers read it with.
        SimpleDateFormat pattern = new SimpleDateFormat("yyMMddHHmmssX");
        SimpleDateFormat iso = new SimpleDateFormat("yyyy-MM-dd'T'HH:mm:ss'Z'");
        iso.setTimeZone(TimeZone.getTimeZone("UTC"));
        byte[] der = ((ASN1UTCTime) attribute.getAttributeValues()[0]).getEncoded();
        return iso.format(pattern.parse(new String(der, 2, der.length - 2, StandardCharsets.US_ASCII)));
    }

    static void bare(String hash, byte[] content, byte[] signature, PublicKey key) throws Exception {
        String kind = key.getAlgorithm().startsWith("EC") ? "ECDSA" : "RSA";
        Signature verifier = Signature.getInstance(hash + "with" + kind, "BC");
        verifier.initVerify(key);
        verifier.update(content);
        check(verifier.verify(signature), "BouncyCastle says no");
    }

    static void block(byte[] content, byte[] signature, PublicKey key) throws Exception {
        Cipher rsa = Cipher.getInstance("RSA/ECB/PKCS1Padding", "BC");
        rsa.init(Cipher.DECRYPT_MODE, key);
        check(Arrays.equals(rsa.doFinal(signature), content), "another block");
    }

    static PublicKey key(X509CertificateHolder certificate) throws Exception {
        return new JcaX509CertificateConverter().setProvider("BC").getCertificate(certificate).getPublicKey();
    }

    static void check(boolean truth, String what) {
        if (!truth) {
            throw new AssertionError(what);
        }
    }
}
