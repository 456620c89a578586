// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.issue;

import dev.trustme.bytes.Bytes;
import dev.trustme.issue.Revocations.Entry;
import dev.trustme.key.SigningKey;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigInteger;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Date;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1GeneralizedTime;
import org.bouncycastle.asn1.ocsp.RevokedInfo;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.ocsp.BasicOCSPRespBuilder;
import org.bouncycastle.cert.ocsp.CertificateID;
import org.bouncycastle.cert.ocsp.CertificateStatus;
import org.bouncycastle.cert.ocsp.OCSPException;
import org.bouncycastle.cert.ocsp.OCSPRespBuilder;
import org.bouncycastle.cert.ocsp.RespID;
import org.bouncycastle.cert.ocsp.RevokedStatus;
import org.bouncycastle.cert.ocsp.UnknownStatus;
import org.bouncycastle.crypto.Digest;
import org.bouncycastle.crypto.digests.SHA1Digest;
import org.bouncycastle.crypto.io.DigestOutputStream;
import org.bouncycastle.operator.DigestCalculator;

/**
 * OCSP responses that are signed before anybody asks, RFC 6960, 2.5: each answers for one
 * certificate, without a nonce, until its nextUpdate, and serves as a TLS staple. The responder has
 * a key of its own, delegated by the authority itself (4.2.2.2). The SHA-1 in CertID is only a
 * name; clients look for that one (RFC 5019, 2.1.1).
 */
final class OcspResponses {
  private final X509CertificateHolder authority;
  private final X509CertificateHolder responder;
  private final SigningKey key;
  private final Instant at;
  private final Instant nextUpdate;

  /** Responses that hold from {@code at}, no longer than the responder's certificate. */
  OcspResponses(
      X509CertificateHolder authority,
      X509CertificateHolder responder,
      SigningKey key,
      Instant at,
      int days) {
    this.authority = authority;
    this.responder = responder;
    this.key = key;
    this.at = at;
    Instant wanted = at.plus(days, ChronoUnit.DAYS);
    Instant end = responder.getNotAfter().toInstant();
    this.nextUpdate = wanted.isAfter(end) ? end : wanted;
  }

  Instant nextUpdate() {
    return nextUpdate;
  }

  /** The certificate was issued and is not revoked. */
  Bytes good(BigInteger serial) {
    return response(serial, Optional.empty());
  }

  Bytes revoked(Entry entry) {
    return response(
        entry.serialNumber(),
        Optional.of(
            entry.reason() == RevocationReason.UNSPECIFIED
                ? new RevokedStatus(
                    new RevokedInfo(new ASN1GeneralizedTime(Date.from(entry.at())), null))
                : new RevokedStatus(Date.from(entry.at()), entry.reason().code())));
  }

  /** The authority knows of no such certificate. */
  Bytes unknown(BigInteger serial) {
    return response(serial, Optional.of(new UnknownStatus()));
  }

  /** No status stands for "good", as the library has it. */
  private Bytes response(BigInteger serial, Optional<CertificateStatus> status) {
    try {
      var id = new CertificateID(new Sha1(), authority, serial);
      var basic =
          new BasicOCSPRespBuilder(new RespID(key.publicKey(), new Sha1()))
              .addResponse(
                  id, status.orElse(CertificateStatus.GOOD), Date.from(at), Date.from(nextUpdate))
              .build(key.contentSigner(), new X509CertificateHolder[] {responder}, Date.from(at));
      return Bytes.copyOf(
          new OCSPRespBuilder().build(OCSPRespBuilder.SUCCESSFUL, basic).getEncoded());
    } catch (OCSPException | IOException e) {
      throw new IllegalStateException("a response encodes", e);
    }
  }

  /** SHA-1 without a provider. */
  private static final class Sha1 implements DigestCalculator {
    private final Digest digest = new SHA1Digest();

    @Override
    public AlgorithmIdentifier getAlgorithmIdentifier() {
      return CertificateID.HASH_SHA1;
    }

    @Override
    public OutputStream getOutputStream() {
      return new DigestOutputStream(digest);
    }

    @Override
    public byte[] getDigest() {
      var out = new byte[digest.getDigestSize()];
      digest.doFinal(out, 0);
      return out;
    }
  }
}
