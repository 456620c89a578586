// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.enrol;

import dev.trustme.bytes.BinaryWriter;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.tpm.SoftwareTpm;
import java.util.List;

/** A log with one separator each in some PCRs, in the banks sha1 and sha256. */
final class FirmwareLog {
  static final Bytes DATA = Bytes.fromHex("00000000");

  private static final List<HashAlgorithm> BANKS =
      List.of(HashAlgorithm.SHA1, HashAlgorithm.SHA256);

  private FirmwareLog() {}

  static Bytes of(int... pcrs) {
    var log = BinaryWriter.littleEndian().u32(0).u32(3).zeros(20).u32(37);
    log.bytes(Bytes.utf8("Spec ID Event03\0")).u32(0).u8(0).u8(2).u8(0).u8(2).u32(2);
    BANKS.forEach(bank -> log.u16(bank.tpmAlgId()).u16(bank.size()));
    log.u8(0);
    for (int pcr : pcrs) {
      log.u32(pcr).u32(4).u32(2);
      BANKS.forEach(bank -> log.u16(bank.tpmAlgId()).bytes(bank.digest(DATA).value()));
      log.u32(4).bytes(DATA);
    }
    return log.toBytes();
  }

  static void measure(SoftwareTpm tpm, int... pcrs) throws Exception {
    for (int pcr : pcrs) {
      tpm.run(
          "tpm2_pcrextend",
          "%d:sha1=%s,sha256=%s"
              .formatted(
                  pcr, BANKS.getFirst().digest(DATA).hex(), BANKS.getLast().digest(DATA).hex()));
    }
  }
}
