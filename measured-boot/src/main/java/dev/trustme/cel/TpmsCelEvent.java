// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cel;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.HashAlgorithm;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * TPMS_CEL_EVENT: one record, whatever its encoding. TCG Canonical Event Log Format 1.0, 4.
 *
 * @param recnum absent where the log leaves counting to its reader, as systemd's does
 * @param digests one for each bank that was extended
 */
public record TpmsCelEvent(
    Optional<Long> recnum, CelHandle handle, List<Digest> digests, CelContent content) {
  private static final int LEGACY_IMA_DIGEST = 20;
  private static final int LEGACY_IMA_NAME = 256;

  public TpmsCelEvent {
    digests = List.copyOf(digests);
    if (digests.isEmpty()) {
      throw new IllegalArgumentException("digests: none");
    }
    Set<HashAlgorithm> banks = EnumSet.noneOf(HashAlgorithm.class);
    for (Digest digest : digests) {
      if (!banks.add(digest.algorithm())) {
        throw new IllegalArgumentException("digests: a bank appears twice");
      }
    }
  }

  /** What the bank was extended with; empty if it was not. */
  public Optional<Digest> digest(HashAlgorithm bank) {
    return digests.stream().filter(d -> d.algorithm() == bank).findFirst();
  }

  /** The check of this bank's digest, if the record has one. */
  public Optional<CelCheck> check(HashAlgorithm bank) {
    return digest(bank).map(this::check);
  }

  private CelCheck check(Digest digest) {
    return switch (content) {
      case CelContent.Systemd systemd -> systemd(systemd, digest);
      case CelContent.Container container -> exact(digest, Bytes.utf8(container.string()));
      case CelContent.ImaTemplate ima -> ima(ima, digest);
      case CelContent.PcClientStd event -> perhaps(digest, event.eventData());
      case CelContent.ImaTlv ima -> perhaps(digest, encoded(ima.fields()));
      case CelContent.CelManagement event -> perhaps(digest, encoded(event.fields()));
      case CelContent.Unknown unknown -> perhaps(digest, unknown.raw());
      case CelContent.None none -> CelCheck.UNVERIFIABLE;
    };
  }

  private static CelCheck systemd(CelContent.Systemd event, Digest digest) {
    boolean keyed = event.eventType().equals(Optional.of(CelContent.Systemd.VOLUME_KEY));
    return event.string().isEmpty() || keyed
        ? CelCheck.UNVERIFIABLE
        : exact(digest, Bytes.utf8(event.string().get()));
  }

  /** A violation extends all ones, whatever its data; the oldest template pads its name. */
  private static CelCheck ima(CelContent.ImaTemplate event, Digest digest) {
    var ones = new byte[digest.value().size()];
    Arrays.fill(ones, (byte) 0xff);
    if (digest.value().equals(Bytes.copyOf(ones))) {
      return CelCheck.UNVERIFIABLE;
    }
    Bytes data = event.templateData();
    int padded = LEGACY_IMA_DIGEST + LEGACY_IMA_NAME;
    if (event.templateName().equals("ima") && data.size() < padded) {
      return exact(digest, Bytes.concat(data, Bytes.zeros(padded - data.size())));
    }
    return exact(digest, data);
  }

  private static Bytes encoded(List<CelTlv> fields) {
    return Bytes.concat(fields.stream().map(CelTlv::encode).toArray(Bytes[]::new));
  }

  private static CelCheck exact(Digest digest, Bytes measured) {
    return digest.algorithm().digest(measured).equals(digest)
        ? CelCheck.VERIFIED
        : CelCheck.MISMATCH;
  }

  private static CelCheck perhaps(Digest digest, Bytes measured) {
    return digest.algorithm().digest(measured).equals(digest)
        ? CelCheck.VERIFIED
        : CelCheck.UNVERIFIABLE;
  }
}
