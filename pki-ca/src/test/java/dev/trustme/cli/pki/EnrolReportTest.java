// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.pki;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.trust.Check;
import java.util.List;
import org.junit.jupiter.api.Test;

class EnrolReportTest {
  @Test
  void warningsAreToldInText() {
    var passed = Check.pass("ek-template", "L-1");
    var warned = Check.warn("firmware-log", "an event log", "none");
    assertEquals("", EnrolReport.warnings(List.of(passed)));
    String text = EnrolReport.warnings(List.of(passed, warned.advise("measure again")));
    assertTrue(text.startsWith("\nWARNING  firmware-log"), text);
    assertTrue(text.contains("expected an event log"), text);
    assertTrue(text.contains("seen     none"), text);
    assertTrue(text.contains("to do    measure again"), text);
    assertTrue(!text.contains("ek-template"), text);
  }
}
