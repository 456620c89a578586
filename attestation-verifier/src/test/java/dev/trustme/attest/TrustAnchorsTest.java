// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.attest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.trust.Certificates;
import dev.trustme.trust.TrustStore;
import dev.trustme.trust.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each kind of root is read from the files that the policy names for it, and from no other. */
class TrustAnchorsTest {
  private static TrustStore written(Path folder, String name) throws IOException {
    var certificate = new TestAuthority(name).certificate;
    Files.writeString(folder.resolve(name + ".pem"), Certificates.pem(List.of(certificate)));
    return new TrustStore(List.of(certificate));
  }

  @Test
  void rootsAreReadFromTheFolderOfThePolicy(@TempDir Path folder)
      throws IOException, FormatException {
    var releases = written(folder, "releases");
    var devices = written(folder, "devices");
    var enrolment = written(folder, "enrolment");
    var makers = written(folder, "makers");
    var acme = written(folder, "acme");
    String yaml =
        Scenario.POLICY
                .replace("software-root", "releases")
                .replace(
                    "  devices: {roots: [customer-root.pem]}\n",
                    """
                      devices: {roots: [devices.pem]}
                      enrolment: {roots: [enrolment.pem]}
                      makers: {roots: [makers.pem]}
                      customers: {acme: {roots: [acme.pem]}}
                    """)
            + "  containers: {pcr: 13, content: verity}\n";
    var policy = Policy.parse(Bytes.utf8(yaml));
    var loaded = TrustAnchors.load(policy, folder, List.of());
    assertEquals(releases, loaded.releases());
    assertEquals(devices, loaded.devices());
    assertEquals(Optional.of(enrolment), loaded.enrolment());
    assertEquals(Optional.of(makers), loaded.makers());
    assertEquals(Map.of("acme", acme), loaded.customers());
  }

  @Test
  void whatThePolicyDoesNotNameIsNotThere(@TempDir Path folder)
      throws IOException, FormatException {
    written(folder, "software-root");
    written(folder, "customer-root");
    var loaded = TrustAnchors.load(Scenario.policy(""), folder, List.of());
    assertEquals(Optional.empty(), loaded.enrolment());
    assertEquals(Optional.empty(), loaded.makers());
    assertEquals(Map.of(), loaded.customers());
  }

  @Test
  void aDeviceThatIsAcceptedIsTheOneThatWasJudged() throws FormatException {
    var verdict = assertInstanceOf(Verdict.Accepted.class, new Scenario().judge());
    var device = (VerifiedDevice) verdict.value();
    assertEquals(Scenario.DEVICE, device.device());
    assertEquals(41, device.release().manifest().sequence());
    assertEquals(3, device.quote().clockInfo().resetCount());
  }
}
