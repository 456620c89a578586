// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.vectors.make;

import dev.trustme.attest.EnrolmentRecord;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.enrol.RegisteredDevice;
import dev.trustme.eventlog.TcgEventType;
import dev.trustme.evidence.DeviceId;
import dev.trustme.key.KeyType;
import dev.trustme.key.SigningKey;
import dev.trustme.tpm.EkTemplate;
import dev.trustme.tpm.TpmPublicKey;
import dev.trustme.tpm.TpmaObject;
import dev.trustme.tpm.TpmsAttest;
import dev.trustme.tpm.TpmsCertifyInfo;
import dev.trustme.tpm.TpmtPublic;
import dev.trustme.trust.Certificates;
import dev.trustme.vectors.make.TestPki.Identity;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.bouncycastle.asn1.x509.CRLNumber;
import org.bouncycastle.asn1.x509.CRLReason;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.cert.X509v2CRLBuilder;
import org.bouncycastle.cert.bc.BcX509ExtensionUtils;

/** The parts that requests for enrolment are made of. */
final class EnrolFixtures {
  private EnrolFixtures() {}

  static TpmtPublic endorsement(EkTemplate template, SigningKey key)
      throws GeneralSecurityException, IOException {
    return filled(template.template(), key);
  }

  /** The template with the key's own number or point. */
  static TpmtPublic filled(TpmtPublic template, SigningKey key)
      throws GeneralSecurityException, IOException {
    var unique = TpmPublicKey.external(jdk(key)).key();
    TpmtPublic.Key made =
        switch (template.key()) {
          case TpmtPublic.Rsa rsa ->
              new TpmtPublic.Rsa(
                  rsa.symmetric(),
                  rsa.scheme(),
                  rsa.keyBits(),
                  rsa.exponent(),
                  ((TpmtPublic.Rsa) unique).unique());
          case TpmtPublic.Ecc ecc ->
              new TpmtPublic.Ecc(
                  ecc.symmetric(),
                  ecc.scheme(),
                  ecc.curveId(),
                  ecc.kdf(),
                  ((TpmtPublic.Ecc) unique).x(),
                  ((TpmtPublic.Ecc) unique).y());
        };
    return new TpmtPublic(
        template.nameAlg(), template.objectAttributes(), template.authPolicy(), made);
  }

  static PublicKey jdk(SigningKey key) throws GeneralSecurityException, IOException {
    boolean rsa = KeyType.of(key.publicKey()).filter(t -> t.label().startsWith("rsa-")).isPresent();
    return KeyFactory.getInstance(rsa ? "RSA" : "EC")
        .generatePublic(new X509EncodedKeySpec(key.publicKey().getEncoded()));
  }

  static Bytes resource(String name) throws IOException {
    try (var in = EnrolVectors.class.getResourceAsStream("enrol/" + name)) {
      return Bytes.copyOf((in == null ? new ByteArrayInputStream(new byte[0]) : in).readAllBytes());
    }
  }

  static TpmtPublic flipped(TpmtPublic key, long bit) {
    return new TpmtPublic(
        key.nameAlg(),
        new TpmaObject(key.objectAttributes().bits() ^ bit),
        key.authPolicy(),
        key.key());
  }

  static TpmsAttest attest(long magic, int type, Bytes signer, Bytes data, TpmsAttest rest) {
    return new TpmsAttest(
        magic, type, signer, data, rest.clockInfo(), rest.firmwareVersion(), rest.attested());
  }

  static TpmsAttest about(TpmsAttest attest, TpmsCertifyInfo info) {
    return new TpmsAttest(
        attest.magic(),
        attest.type(),
        attest.qualifiedSigner(),
        attest.extraData(),
        attest.clockInfo(),
        attest.firmwareVersion(),
        new TpmsAttest.Unparsed(info.encode()));
  }

  /** A device that was enrolled with this endorsement key. */
  static Bytes entry(Identity maker, DeviceId id, Digest endorsementKey) {
    var zero = Digest.zero(HashAlgorithm.SHA256);
    Bytes any = Certificates.der(maker.certificate());
    return new RegisteredDevice(
            RegisteredDevice.SCHEMA,
            id,
            List.of(
                new RegisteredDevice.Enrolment(
                    Instant.parse("2026-10-01T00:00:00Z"),
                    zero,
                    zero,
                    new EnrolmentRecord.Tpm("id:54455354", "vector", "id:00010002"),
                    endorsementKey,
                    zero,
                    any,
                    any,
                    Optional.empty())))
        .encode();
  }

  /** A log whose PCR 0 measured this. */
  static Bytes log(Bytes measured) {
    var builder = LogBuilder.agile(HashAlgorithm.SHA256);
    builder.add("version", 0, TcgEventType.EV_S_CRTM_VERSION, measured);
    for (int pcr : new int[] {0, 1, 2, 3, 6, 7}) {
      builder.add("separator-" + pcr, pcr, TcgEventType.EV_SEPARATOR, Bytes.fromHex("00000000"));
    }
    return builder.build();
  }

  /** What the maker revoked: a complete list, in DER, of these serial numbers. */
  static Bytes crl(Identity maker, BigInteger... revoked) throws IOException {
    var start = Date.from(TestPki.START);
    var builder = new X509v2CRLBuilder(maker.certificate().getSubject(), start);
    builder.setNextUpdate(Date.from(Instant.parse("2030-01-01T00:00:00Z")));
    for (BigInteger serial : revoked) {
      builder.addCRLEntry(serial, start, CRLReason.keyCompromise);
    }
    var identifier = new BcX509ExtensionUtils().createSubjectKeyIdentifier(maker.key().publicKey());
    builder.addExtension(
        Extension.authorityKeyIdentifier,
        false,
        new AuthorityKeyIdentifier(identifier.getKeyIdentifier()));
    builder.addExtension(Extension.cRLNumber, false, new CRLNumber(BigInteger.ONE));
    return Bytes.copyOf(builder.build(maker.key().contentSigner()).getEncoded());
  }
}
