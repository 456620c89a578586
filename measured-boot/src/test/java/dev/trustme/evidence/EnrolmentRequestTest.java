// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.evidence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class EnrolmentRequestTest {
  private static final DeviceId DEVICE = new DeviceId("7c9e1b00-0f3a-4c1d-9f27-2c5a0d1e8b44");

  /** sha256sum of "a", "b", "c", "d" and "e": what a shell would write. */
  @Test
  void theBindingIsSevenLines() {
    assertEquals(
        """
        trustme/enrolment-request/2
        7c9e1b00-0f3a-4c1d-9f27-2c5a0d1e8b44
        ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb
        3e23e8160039594a33894f6564e1b1348bbd7a0088d42c4acb73eeaed59c009d
        2e7d2c03a9507ae265ecf5b5356885a53393a2029d241394997265a1a25aefc6
        18ac3e7343f016890c510e93f935261169d9e3f565436429830faf0934f4f8e4
        3f79bb7b435b05321651daefd374cdc681dc06faa65e374e38337b88ca046dea
        """,
        EnrolmentRequest.binding(DEVICE, parts(Optional.of(Bytes.utf8("e")))).utf8());
    assertEquals(
        "-",
        EnrolmentRequest.binding(DEVICE, parts(Optional.empty())).utf8().lines().toList().get(6));
  }

  private static EnrolmentRequest.Parts parts(Optional<Bytes> log) {
    return new EnrolmentRequest.Parts(
        Bytes.utf8("a"), Bytes.utf8("b"), Bytes.utf8("c"), Bytes.utf8("d"), log);
  }

  @Test
  void anotherSchemaOrKeyIsMalformed() {
    for (String json :
        new String[] {
          "{}",
          "{\"schema\":\"trustme/enrolment-request/1\",\"device\":\"%s\"}".formatted(DEVICE),
          "[]"
        }) {
      assertThrows(FormatException.class, () -> EnrolmentRequest.parse(Bytes.utf8(json)));
    }
  }
}
