// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.eventlog;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.eventlog.EventData.BootServicesApplication;
import dev.trustme.eventlog.EventData.UefiVariable;
import dev.trustme.testing.HostileBytes;
import java.util.List;

/** Any bytes under any type are decoded to something: the first byte chooses type and PCR. */
class EventDataFuzzTest {
  private static final TcgEventType[] TYPES = TcgEventType.values();

  @FuzzTest
  void decode(byte[] input) {
    if (input.length > 0) {
      HostileBytes.check(
          input,
          bytes ->
              decode(
                  TYPES[bytes.at(0) % TYPES.length],
                  bytes.at(0) % 16,
                  bytes.slice(1, bytes.size())));
    }
  }

  private static void decode(TcgEventType type, int pcr, Bytes data) {
    var checked = event(type, pcr, data).checked();
    if (checked.untrustedData() instanceof UefiVariable variable) {
      variable.content();
      variable.authority();
    }
    if (checked.untrustedData() instanceof BootServicesApplication image) {
      image.path().ifPresent(path -> path.text());
    }
    if (checked.checks().size() != 2) {
      throw new AssertionError(checked.checks());
    }
  }

  private static TcgPcrEvent2 event(TcgEventType type, int pcr, Bytes data) {
    var digests =
        List.of(
            EventDigest.of(HashAlgorithm.SHA1.digest(data)),
            EventDigest.of(HashAlgorithm.SHA256.digest(data)));
    return new TcgPcrEvent2(1, 0, pcr, type, digests, data);
  }
}
