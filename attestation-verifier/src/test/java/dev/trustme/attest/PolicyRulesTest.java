// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.attest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.trustme.attest.ContainerRule.Content;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Demands of a policy that need one another. */
class PolicyRulesTest {
  private static final String DEVICES = "  devices: {roots: [customer-root.pem]}\n";

  @Test
  void customersNeedContainers() {
    assertRefused(
        Scenario.POLICY.replace(DEVICES, DEVICES + "  customers: {acme: {roots: [acme.pem]}}\n"),
        "needs require.containers");
  }

  @Test
  void enrolledFirmwareNeedsEnrolment() throws FormatException {
    String demands = Scenario.POLICY + "  firmware: enrolled\n";
    assertRefused(demands, "needs trust.enrolment");
    String named = DEVICES + "  enrolment: {roots: [enrolment.pem]}\n";
    Policy.parse(Bytes.utf8(demands.replace(DEVICES, named)));
  }

  /** Each demand with what it needs of the rest of the policy. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'devices:'|'files: {roots: [files.pem]}\n  devices:'|trust.files: needs require.ima",
        "'devices:'|'makers: {roots: [maker.pem]}\n  devices:'|trust.makers: needs",
        "'secure-boot: required'|'secure-boot: required\n  userspace: {pcrs: [15]}'"
            + "|require.userspace: its PCRs",
        "'secure-boot: required'|'secure-boot: required\n  userspace: {pcrs: [13]}"
            + "\n  containers: {pcr: 13, content: verity}'|the PCR of the containers is theirs",
        "'secure-boot: required'|'secure-boot: required\n  containers: {pcr: 15, content: verity}'"
            + "|require.containers: its PCR"
      })
  void demandsNeedOneAnother(String from, String to, String problem) {
    assertTrue(Scenario.POLICY.contains(from));
    assertRefused(Scenario.POLICY.replace(from, to.replace("\\n", "\n")), problem);
  }

  @Test
  void demandsThatFitAreTaken() throws FormatException {
    var more =
        "secure-boot: required\n  userspace: {pcrs: [14]}\n  containers: {pcr: 13, content: verity}";
    var policy = Policy.parse(Bytes.utf8(Scenario.POLICY.replace("secure-boot: required", more)));
    assertEquals(List.of(14), policy.require().userspace().orElseThrow().pcrs());
  }

  @Test
  void theRunningSystemHasPcrsOfItsOwn() {
    assertMade(true, () -> new UserspaceRule(List.of(15, 11)));
    assertEquals(List.of(11, 15), new UserspaceRule(List.of(15, 11)).pcrs());
    for (var pcrs : List.of(List.<Integer>of(), List.of(10), List.of(11, 16), List.of(15, 15))) {
      assertMade(false, () -> new UserspaceRule(pcrs));
    }
  }

  @Test
  void floorsAreOfSomethingAndFromOneOn() {
    assertMade(false, () -> new FloorRule(Optional.empty(), Optional.empty()));
    assertMade(false, () -> new FloorRule(Optional.empty(), Optional.of(Map.of())));
    assertMade(false, () -> new FloorRule(Optional.empty(), Optional.of(Map.of("shim", 0))));
    assertMade(true, () -> new FloorRule(Optional.empty(), Optional.of(Map.of("shim", 1))));
  }

  @Test
  void floorsOfListsAreDecimalNumbersOfKeys() {
    String key = "0a".repeat(32);
    for (String number : List.of("0", "1", "9".repeat(49))) {
      assertMade(true, () -> new ListFloors(ListFloors.SCHEMA, Map.of(key, number)));
    }
    for (String number : List.of("", "01", "-1", "1.5", "a", "9".repeat(50))) {
      assertMade(false, () -> new ListFloors(ListFloors.SCHEMA, Map.of(key, number)));
    }
    for (String other : List.of("", "0a", "0A".repeat(32), key + "0")) {
      assertMade(false, () -> new ListFloors(ListFloors.SCHEMA, Map.of(other, "1")));
    }
    assertMade(false, () -> new ListFloors("trustme/revocation-floors/2", Map.of()));
  }

  @Test
  void gyroidosPcrsAreNamedOnce() {
    var digest = HashAlgorithm.SHA256.digest(Bytes.empty());
    var containers = new GyroidosPolicy.Containers(11, List.of(digest));
    assertMade(true, () -> gyroidos(Map.of("0", digest), 15, Optional.of(containers)));
    assertMade(true, () -> gyroidos(Map.of("15", digest), 0, Optional.of(containers)));
    assertMade(false, () -> gyroidos(Map.of(), 10, Optional.of(containers)));
    for (String pcr : List.of("16", "01", "-1", "a", "")) {
      assertMade(false, () -> gyroidos(Map.of(pcr, digest), 10, Optional.empty()));
    }
    var sha1 = HashAlgorithm.SHA1.digest(Bytes.empty());
    assertMade(false, () -> gyroidos(Map.of("0", sha1), 10, Optional.empty()));
    for (int ima : new int[] {0, 11, 16, -1}) {
      assertMade(false, () -> gyroidos(Map.of("0", digest), ima, Optional.of(containers)));
    }
  }

  private static GyroidosPolicy.Require gyroidos(
      Map<String, Digest> pcrs, int ima, Optional<GyroidosPolicy.Containers> containers) {
    return new GyroidosPolicy.Require(pcrs, Optional.of(ima), containers);
  }

  private static void assertRefused(String yaml, String problem) {
    var thrown = assertThrows(FormatException.class, () -> Policy.parse(Bytes.utf8(yaml)));
    assertTrue(thrown.problem().contains(problem), thrown.problem());
  }

  /** The PCRs that a release does not predict. */
  @ParameterizedTest
  @CsvSource({"7, false", "8, true", "9, false", "11, false", "12, true", "15, true", "16, false"})
  void containersHaveAPcrOfTheirOwn(int pcr, boolean fits) {
    assertMade(fits, () -> new ContainerRule(pcr, Content.VERITY, Optional.empty()));
  }

  @ParameterizedTest
  @CsvSource({"web, 1, true", "web, 0, false", "We b, 1, false"})
  void containersHaveNamesAndVersions(String name, long version, boolean fits) {
    var floors = Map.of(name, version);
    assertMade(fits, () -> new ContainerRule(13, Content.VERITY, Optional.of(floors)));
    assertMade(false, () -> new ContainerRule(13, Content.VERITY, Optional.of(Map.of())));
  }

  @Test
  void aContainerWithoutFloorHasNone() {
    var rule = new ContainerRule(13, Content.VERITY, Optional.of(Map.of("web", 10L)));
    assertEquals(10, rule.floor("web"));
    assertEquals(0, rule.floor("other"));
    assertEquals(0, new ContainerRule(13, Content.VERITY, Optional.empty()).floor("web"));
  }

  @Test
  void enrolledFirmwareIsOfBanksThatThereAre() {
    assertMade(true, () -> new FirmwareEvents(0, List.of("sha256"), List.of()));
    for (var banks : List.of(List.of("md5"), List.<String>of(), List.of("sha256", "sha256"))) {
      assertMade(false, () -> new FirmwareEvents(0, banks, List.of()));
    }
    assertMade(false, () -> new FirmwareEvents(1, List.of("sha256"), List.of()));
  }

  /** Of measured files: how far a log may be ahead, and which hashes, templates and names count. */
  @ParameterizedTest
  @CsvSource({
    "0, SHA256, ima-sig, _ima, true",
    "1000000, SHA512, ima-ng, .ima, true",
    "1000001, SHA256, ima-sig, _ima, false",
    "-1, SHA256, ima-sig, _ima, false",
    "0, SHA1, ima-sig, _ima, false",
    "0, SHA256, ima-buf, _ima, true",
    "0, SHA256, d-ng, _ima, false",
    "0, SHA256, n-ng, _ima, false",
    "0, SHA256, d-ngv2|n-ng, _ima, true",
    "0, SHA256, ima, _ima, false",
    "0, SHA256, none, _ima, false",
    "0, SHA256, ima-sig, two words, false"
  })
  void measuredFilesHaveBounds(
      long ahead, HashAlgorithm hash, String template, String keyring, boolean fits) {
    assertMade(fits, () -> rule(ahead, hash, List.of(template), List.of(keyring)));
  }

  @Test
  void namesOfMeasuredFilesAreThereOnce() {
    assertMade(false, () -> rule(0, HashAlgorithm.SHA256, List.of(), List.of("_ima")));
    assertMade(false, () -> rule(0, HashAlgorithm.SHA256, List.of("ima-sig"), List.of()));
    assertMade(
        false, () -> rule(0, HashAlgorithm.SHA256, List.of("ima-sig"), List.of("_ima", "_ima")));
    assertMade(
        true, () -> rule(0, HashAlgorithm.SHA256, List.of("ima-sig"), List.of("_ima", ".ima")));
  }

  private static ImaRule rule(
      long ahead, HashAlgorithm hash, List<String> templates, List<String> keyrings) {
    return new ImaRule(
        ImaRule.Files.SIGNED,
        ahead,
        Optional.of(hash),
        Optional.of(templates),
        Optional.of(keyrings),
        Optional.empty(),
        Optional.empty());
  }

  @ParameterizedTest
  @CsvSource({
    "SIGNED, false, true",
    "SIGNED_AND_RELEASED, false, true",
    "RELEASED, false, false",
    "RELEASED, true, true"
  })
  void keyringsAndSignaturesNeedSigners(ImaRule.Files files, boolean keyrings, boolean needs) {
    var rule =
        new ImaRule(
            files,
            0,
            Optional.empty(),
            Optional.empty(),
            keyrings ? Optional.of(List.of("_ima")) : Optional.empty(),
            Optional.empty(),
            Optional.empty());
    assertEquals(needs, rule.needsSigners());
  }

  private static void assertMade(boolean made, Supplier<?> value) {
    if (made) {
      assertTrue(value.get() != null);
    } else {
      assertThrows(IllegalArgumentException.class, value::get);
    }
  }

  @Test
  void rootsAreTheFilesThatAreNamed() throws FormatException {
    var trust = Policy.parse(Bytes.utf8(Scenario.POLICY)).trust();
    assertEquals(List.of("software-root.pem"), trust.releases().roots());
    assertEquals(List.of("customer-root.pem"), trust.devices().roots());
  }

  @ParameterizedTest
  @CsvSource({"5m, 300", "60m, 3600", "90m, 5400", "2h, 7200"})
  void anAgeIsSaidInItsLargestUnit(String text, long seconds) {
    assertEquals(seconds, MaxAge.parse(text).duration().toSeconds());
    assertEquals(text.equals("60m") ? "1h" : text, MaxAge.parse(text).toString());
  }
}
