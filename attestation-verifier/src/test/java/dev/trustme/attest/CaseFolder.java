// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.attest;

import dev.trustme.bytes.Bytes;
import dev.trustme.evidence.Nonce;
import dev.trustme.tpm.TpmsClockInfo;
import dev.trustme.trust.Certificates;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;

/** A scenario as the files that the commands read. */
public final class CaseFolder {
  /** The moment of every scenario. */
  public static final String AT = Scenario.NOW.toString();

  public static final String DEVICE = Scenario.DEVICE.uuid();

  private final Scenario scenario = new Scenario();
  private final Path folder;

  public CaseFolder(Path folder) throws IOException {
    this.folder = folder;
    write("policy.yaml", Bytes.utf8(Scenario.POLICY));
    write("software-root.pem", pem(scenario.releases));
    write("customer-root.pem", pem(scenario.devices));
    write("release.json", scenario.release().encode());
  }

  private static Bytes pem(TestAuthority authority) {
    return Bytes.utf8(Certificates.pem(List.of(authority.certificate)));
  }

  public void write(String name, Bytes content) throws IOException {
    Files.write(folder.resolve(name), content.toArray());
  }

  /** Answers a nonce that was made in the folder's state. */
  public void answer(String nonceHex) throws IOException {
    scenario.nonce = Nonce.fromHex(nonceHex);
    scenario.requote();
    write("evidence.json", scenario.evidence().encode());
  }

  /** Makes a nonce and answers it, with the TPM's clock at this many milliseconds. */
  public void answerNew(long clock) throws IOException {
    var challenge =
        NonceStore.create(folder.resolve("state"))
            .issue(Scenario.DEVICE, MaxAge.parse("5m"), Scenario.NOW, new SecureRandom());
    scenario.clock = new TpmsClockInfo(clock, 3, 0, true);
    answer(challenge.nonce().hex());
  }

  /** The answer's log ends early. */
  public void cutLog() throws IOException {
    scenario.log = scenario.log.slice(0, scenario.log.size() - 1);
    write("evidence.json", scenario.evidence().encode());
  }
}
