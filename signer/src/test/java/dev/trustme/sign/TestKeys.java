// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.sign;

import dev.trustme.key.KeyType;
import dev.trustme.key.SigningKey;
import java.math.BigInteger;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.X509v3CertificateBuilder;

/** Keys that live as long as a test run. */
public final class TestKeys {
  private static final Date FROM = Date.from(Instant.parse("2026-01-01T00:00:00Z"));
  private static final Date TO = Date.from(Instant.parse("2046-01-01T00:00:00Z"));

  private TestKeys() {}

  private static final class Rsa {
    static final RoleKey KEY = selfSigned(KeyType.RSA_2048, "test");
  }

  /** One key for all tests: making RSA keys is slow. */
  public static RoleKey rsa() {
    return Rsa.KEY;
  }

  public static RoleKey selfSigned(KeyType type, String name) {
    var key = SigningKey.generate(type);
    return new RoleKey(key, List.of(certificate(key, name, key, name, true)));
  }

  /** A key whose certificate the issuer made; the chain is leaf, issuer. */
  public static RoleKey issued(RoleKey issuer, String issuerName, String name) {
    var key = SigningKey.generate(KeyType.RSA_2048);
    var leaf = certificate(key, name, issuer.key(), issuerName, false);
    return new RoleKey(key, List.of(leaf, issuer.certificate()));
  }

  private static X509CertificateHolder certificate(
      SigningKey key, String name, SigningKey issuer, String issuerName, boolean ca) {
    try {
      return new X509v3CertificateBuilder(
              new X500Name("CN=" + issuerName),
              BigInteger.valueOf(name.hashCode() & 0xffff),
              FROM,
              TO,
              new X500Name("CN=" + name),
              key.publicKey())
          .addExtension(Extension.basicConstraints, true, new BasicConstraints(ca))
          .build(issuer.contentSigner());
    } catch (CertIOException e) {
      throw new IllegalStateException(e);
    }
  }
}
