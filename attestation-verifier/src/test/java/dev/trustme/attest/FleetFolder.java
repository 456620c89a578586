// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.attest;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.evidence.DeviceId;
import dev.trustme.evidence.Nonce;
import dev.trustme.release.Measurement;
import dev.trustme.tpm.TpmsClockInfo;
import dev.trustme.trust.Certificates;
import dev.trustme.trust.Revocation;
import dev.trustme.trust.Role;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Many devices that are fine, with what they are judged by, as the files that commands read. */
public final class FleetFolder {
  /** The moment of every answer. */
  public static final String AT = Scenario.NOW.toString();

  private final Scenario scenario = new Scenario();
  private final Path folder;
  private TestAuthority issuer = scenario.devices;

  public FleetFolder(Path folder) throws IOException {
    this.folder = folder;
    write("policy.yaml", Bytes.utf8(Scenario.POLICY));
    write("software-root.pem", pem(scenario.releases));
    write("customer-root.pem", pem(scenario.devices));
    write("release.json", scenario.release().encode());
    NonceStore.create(folder.resolve("state"));
  }

  private static Bytes pem(TestAuthority authority) {
    return Bytes.utf8(Certificates.pem(List.of(authority.certificate)));
  }

  private void write(String name, Bytes content) throws IOException {
    Files.write(folder.resolve(name), content.toArray());
  }

  public static String device(int number) {
    return "6e37c0b0-4dd3-4b7f-8f7e-%012x".formatted(number);
  }

  /** The device's answer to a new challenge, with its clock at these milliseconds. */
  public Bytes answer(int number, long clock) throws IOException {
    var device = new DeviceId(device(number));
    var challenge =
        NonceStore.create(folder.resolve("state"))
            .issue(device, MaxAge.parse("5m"), Scenario.NOW, new SecureRandom());
    return answer(device, challenge.nonce(), clock);
  }

  /** The device's answer to a challenge that nobody gave out. */
  public Bytes uninvited(int number) {
    var nonce = HashAlgorithm.SHA256.digest(Bytes.utf8("uninvited " + number)).value();
    return answer(new DeviceId(device(number)), new Nonce(nonce), 1);
  }

  private Bytes answer(DeviceId device, Nonce nonce, long clock) {
    scenario.device = device;
    scenario.akCertificate =
        issuer.leaf(
            TestAuthority.publicKey(scenario.ak), Role.ATTESTATION_KEY, Optional.of(device.urn()));
    scenario.nonce = nonce;
    scenario.clock = new TpmsClockInfo(clock, 3, 0, true);
    return scenario.requote().evidence().encode();
  }

  /** From now on devices have their certificates from an authority below the root. */
  public void subordinate() {
    issuer = new TestAuthority("Factory", scenario.devices);
    scenario.akAuthorities = List.of(issuer.certificate);
  }

  /** From now on devices show an authority beside that is none of ours. */
  public void stranger() {
    issuer = new TestAuthority("Stranger");
    scenario.akAuthorities = List.of(issuer.certificate);
  }

  /** Writes a revocation list of the devices' authority, which names nobody. */
  public void list(String name, long number) throws IOException {
    write(name, issuer.list(number));
  }

  /** The name of the devices' authority among the floors. */
  public String issuer() {
    return Revocation.issuerKey(issuer.certificate).hex();
  }

  /** Writes another release, which predicts a kernel that no device has. */
  public void otherRelease(String name, long sequence) throws IOException {
    var predictions = scenario.predictions;
    scenario.predictions = predictions.stream().map(m -> extended(m, 11)).toList();
    scenario.sequence = sequence;
    write(name, scenario.release().encode());
    scenario.predictions = predictions;
    scenario.sequence = 41;
  }

  /** The prediction, with an event more if it is of this PCR. */
  static Measurement extended(Measurement measurement, int pcr) {
    if (measurement.pcr() != pcr) {
      return measurement;
    }
    List<Measurement.Event> events = new ArrayList<>(measurement.events());
    Digest another = HashAlgorithm.SHA256.digest(Bytes.utf8("another"));
    events.add(new Measurement.Event("EV_IPL", "another", another));
    return Measurement.of(measurement.path(), measurement.phase(), pcr, measurement.bank(), events);
  }
}
