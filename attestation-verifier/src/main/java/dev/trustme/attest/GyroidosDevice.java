// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.attest;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.evidence.DeviceId;
import java.io.IOException;
import java.util.List;
import org.bouncycastle.cert.X509CertificateHolder;

/** A device whose answer was accepted; only {@link GyroidosVerifier} makes one. */
public final class GyroidosDevice {
  private final String subject;
  private final DeviceState state;

  GyroidosDevice(String subject, DeviceState state) {
    this.subject = subject;
    this.state = state;
  }

  /** The subject of its certificate. */
  public String subject() {
    return subject;
  }

  /** What later answers of this device must come after. */
  public DeviceState state() {
    return state;
  }

  /**
   * Under which name the state of the device with this chain is kept, leaf first. The protocol has
   * no name of a device, so its key is its name: a UUID of version 8 (RFC 9562, 5.8) whose other
   * 122 bits are those of the SHA-256 of the certificate's SubjectPublicKeyInfo.
   */
  public static DeviceId id(List<X509CertificateHolder> chain) {
    byte[] uuid = digest(chain.getFirst()).slice(0, 16).toArray();
    uuid[6] = (byte) (0x80 | (uuid[6] & 0x0f));
    uuid[8] = (byte) (0x80 | (uuid[8] & 0x3f));
    String hex = Bytes.copyOf(uuid).hex();
    return new DeviceId(hex.replaceFirst("(.{8})(.{4})(.{4})(.{4})", "$1-$2-$3-$4-"));
  }

  private static Bytes digest(X509CertificateHolder certificate) {
    try {
      var key = certificate.getSubjectPublicKeyInfo().getEncoded("DER");
      return HashAlgorithm.SHA256.digest(Bytes.copyOf(key)).value();
    } catch (IOException e) {
      throw new IllegalStateException("a parsed key encodes", e);
    }
  }
}
