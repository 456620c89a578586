// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.device;

import dev.trustme.bytes.Digest;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.cel.ContainerLog;
import dev.trustme.enforce.Installer;
import dev.trustme.enforce.StartGuard;
import dev.trustme.enforce.StartPermit;
import dev.trustme.files.Inputs;
import dev.trustme.launch.ContainerLauncher;
import dev.trustme.launch.Engine;
import dev.trustme.measure.ContainerMeasurer;
import dev.trustme.measure.MeasuredStart;
import dev.trustme.store.DeviceConfig;
import dev.trustme.store.DeviceStore;
import dev.trustme.store.InstalledContainer;
import dev.trustme.tpm.SoftwareTpm;
import dev.trustme.trust.Check;
import dev.trustme.trust.TrustStore;
import dev.trustme.trust.Verdict;
import dev.trustme.tss.Tcti;
import dev.trustme.tss.TssContext;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;

/** A device as the commands put it together: a store and a TPM. */
public record Device(DeviceStore store, SoftwareTpm tpm) {
  public static Device create(Path folder, TrustStore anchors, SoftwareTpm tpm) throws Exception {
    return new Device(
        DeviceStore.create(folder.resolve("store"), anchors, DeviceConfig.of(13)), tpm);
  }

  public Verdict<InstalledContainer> install(Path sealed) throws Exception {
    return new Installer(store, Seals.NOW).install(sealed);
  }

  public InstalledContainer find(String name) throws Exception {
    return store.find(name).orElseThrow();
  }

  public Verdict<StartPermit> check(String name, Instant at) throws Exception {
    return new StartGuard(store.anchors(), at).check(find(name));
  }

  /** The checks that refuse the start; empty if it is permitted. */
  public List<String> refusals(String name) throws Exception {
    return refusals(check(name, Seals.NOW));
  }

  public static List<String> refusals(Verdict<?> verdict) throws Exception {
    if (verdict instanceof Verdict.Accepted<?> accepted
        && accepted.value() instanceof StartPermit permit) {
      permit.close();
    }
    return verdict.failures().stream().map(Check::id).toList();
  }

  public Verdict<MeasuredStart> measure(StartPermit permit) throws Exception {
    try (var context = TssContext.open(Tcti.parse(tpm.tcti()))) {
      return new ContainerMeasurer(context, store.config().pcr(), store.log()).measure(permit);
    }
  }

  public Digest pcr() throws Exception {
    try (var context = TssContext.open(Tcti.parse(tpm.tcti()))) {
      return context.read(HashAlgorithm.SHA256, List.of(13)).values().iterator().next();
    }
  }

  public ContainerLog log() throws Exception {
    return ContainerLog.parse(Inputs.read(store.log()));
  }

  public StartPermit permit(String name) throws Exception {
    return ((Verdict.Accepted<StartPermit>) check(name, Seals.NOW)).value();
  }

  /** Verifies, measures and runs. */
  public Run run(String name, Engine engine) throws Exception {
    try (var permit = permit(name)) {
      return run(permit, engine);
    }
  }

  public Run run(StartPermit permit, Engine engine) throws Exception {
    var out = new ByteArrayOutputStream();
    var err = new ByteArrayOutputStream();
    try (var launcher = ContainerLauncher.take(engine, permit.manifest().name())) {
      var measured = ((Verdict.Accepted<MeasuredStart>) measure(permit)).value();
      int code = launcher.run(measured, out, err);
      return new Run(
          code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }
  }

  /** What a container did. */
  public record Run(int code, String out, String err) {}
}
