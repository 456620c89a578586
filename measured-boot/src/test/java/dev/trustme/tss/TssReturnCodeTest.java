// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.tss;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.tss.TssReturnCode.Kind;
import dev.trustme.tss.TssReturnCode.Layer;
import dev.trustme.tss.TssReturnCode.Subject;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TssReturnCodeTest {
  @ParameterizedTest
  @CsvSource({
    // code, layer, name, kind, number
    "0x000001c4, TPM, TPM_RC_VALUE, PARAMETER, 1",
    "0x000002d5, TPM, TPM_RC_SIZE, PARAMETER, 2",
    "0x00000fc4, TPM, TPM_RC_VALUE, PARAMETER, 15",
    "0x0000018b, TPM, TPM_RC_HANDLE, HANDLE, 1",
    "0x0000078b, TPM, TPM_RC_HANDLE, HANDLE, 7",
    "0x0000098e, TPM, TPM_RC_AUTH_FAIL, SESSION, 1",
    "0x00000a82, TPM, TPM_RC_ATTRIBUTES, SESSION, 2",
    "0x0000099d, TPM, TPM_RC_POLICY_FAIL, SESSION, 1",
    "0x00000921, TPM, TPM_RC_LOCKOUT, , ",
    "0x00000084, TPM, TPM_RC_VALUE, , ",
    "0x0000014b, TPM, TPM_RC_NV_SPACE, , ",
    "0x000c0902, RESOURCE_MANAGER_TPM, TPM_RC_OBJECT_MEMORY, , ",
    "0x000a000a, TCTI, TCTI 0x000a, , ",
    "0x00070018, ESYS, ESYS 0x0018, , ",
    "0x00630001, UNKNOWN, UNKNOWN 0x0001, , ",
  })
  void tellsLayerNameAndSubject(String code, Layer layer, String name, Kind kind, Integer number) {
    var decoded = new TssReturnCode(Integer.decode(code));
    assertEquals(layer, decoded.layer());
    assertEquals(name, decoded.name());
    assertEquals(
        kind == null ? Optional.empty() : Optional.of(new Subject(kind, number)),
        decoded.subject());
    assertEquals(code, decoded.toString());
  }

  @Test
  void warningsAndRefusalsAreToldApart() {
    assertTrue(new TssReturnCode(0x922).warning());
    assertFalse(new TssReturnCode(0x98e).warning());
    assertTrue(TpmRc.TPM_RC_RETRY.busy());
    assertFalse(TpmRc.TPM_RC_LOCKOUT.busy());
    assertTrue(TpmRc.TPM_RC_LOCKOUT.refusal());
    assertFalse(TpmRc.TPM_RC_NV_SPACE.refusal());
  }

  @Test
  void codesAreDistinct() {
    assertEquals(
        TpmRc.values().length, Arrays.stream(TpmRc.values()).map(TpmRc::code).distinct().count());
  }
}
