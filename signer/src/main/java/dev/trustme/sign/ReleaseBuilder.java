// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.sign;

import dev.trustme.artifact.Authenticode;
import dev.trustme.artifact.BootAuthority;
import dev.trustme.artifact.SignatureDatabase;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.files.Inputs;
import dev.trustme.image.FileHashes;
import dev.trustme.predict.BootDescription;
import dev.trustme.predict.FirmwareVariables;
import dev.trustme.predict.LoaderInfo;
import dev.trustme.predict.Prediction;
import dev.trustme.predict.SecureBootVariables;
import dev.trustme.release.Artifact;
import dev.trustme.release.Measurement;
import dev.trustme.release.ReleaseManifest;
import dev.trustme.release.ShippedFiles;
import dev.trustme.trust.Certificates;
import dev.trustme.trust.Check;
import dev.trustme.trust.Verdict;
import dev.trustme.uefi.OvmfVariableStore;
import dev.trustme.uefi.PeImage;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Gathers what was signed into a release manifest. Nothing is believed: each part's signature is
 * verified again as its consumer would, and the measurements are predicted from the same bytes.
 */
public final class ReleaseBuilder {
  private static final HashAlgorithm BANK = HashAlgorithm.SHA256;

  /** Verifiers read 16 MiB of manifest in base64. */
  private static final int MAX_PAYLOAD = 11 << 20;

  private final ReleaseConfig config;
  private final Path folder;
  private final ReleaseParts parts = new ReleaseParts();
  private final List<Check> checks = new ArrayList<>();

  /** Names in the configuration are relative to {@code folder}. */
  public ReleaseBuilder(ReleaseConfig config, Path folder) {
    this.config = config;
    this.folder = folder;
  }

  /** The manifest, or which part is not what it should be. */
  public Verdict<ReleaseManifest> build(ReleaseTrust trust, Instant created)
      throws IOException, FormatException {
    var uki = boot();
    var shipped = new ShippedParts(parts, checks, trust, created);
    for (String layer : config.layers().orElse(List.of())) {
      shipped.layer(folder.resolve(layer), uki);
    }
    for (String container : config.containers().orElse(List.of())) {
      shipped.container(folder.resolve(container));
    }
    for (String modules : config.modules().orElse(List.of())) {
      shipped.modules(folder.resolve(modules));
    }
    for (ReleaseConfig.FileSet set : config.files().orElse(List.of())) {
      add(set);
    }
    boolean failed = checks.stream().anyMatch(Check::failed);
    return failed ? new Verdict.Rejected<>(checks) : Verdict.of(checks, with(manifest(created)));
  }

  private void add(ReleaseConfig.FileSet set) throws IOException, FormatException {
    var hashes =
        new FileHashes(
            set.hash().orElse(BANK), (name, digest) -> parts.add(set.path(name), digest));
    if (set.folder().isPresent()) {
      hashes.folder(folder.resolve(set.folder().get()));
    } else if (set.tar().isPresent()) {
      hashes.tar(folder.resolve(set.tar().get()));
    } else {
      hashes.sums(folder.resolve(set.sums().orElseThrow()));
    }
  }

  private ReleaseManifest manifest(Instant created) throws FormatException {
    var manifest = parsed(created);
    int size = manifest.encode().size();
    if (size > MAX_PAYLOAD) {
      throw new FormatException(
          "release configuration",
          0,
          "%d files make a manifest of %d bytes, expected at most %d"
              .formatted(parts.files().size(), size, MAX_PAYLOAD));
    }
    return manifest;
  }

  private ReleaseManifest parsed(Instant created) throws FormatException {
    try {
      return ReleaseManifest.of(
          config.name(),
          config.sequence(),
          new ReleaseManifest.Validity(
              created, config.notAfter(), config.floors().map(ReleaseConfig.Floor::floors)),
          new ReleaseManifest.Contents(
              parts.artifacts(),
              parts.containers(),
              parts.measurements(),
              config.files().map(sets -> new ShippedFiles(parts.files()))),
          parts.signers());
    } catch (IllegalArgumentException e) {
      throw new FormatException("release configuration", 0, String.valueOf(e.getMessage()));
    }
  }

  private static Supplier<ReleaseManifest> with(ReleaseManifest manifest) {
    return () -> manifest;
  }

  /** The image, whose signer db must hold, and the PCRs that booting it will give. */
  private PeImage boot() throws IOException, FormatException {
    Path file = folder.resolve(config.boot().uki());
    Path vars = folder.resolve(config.boot().vars());
    try {
      var image = PeImage.parse(Inputs.read(file));
      var variables = variables(vars);
      config.floors().ifPresent(floors -> checks.addAll(new SbatFloor(floors).check(image, file)));
      switch (Authenticode.verify(image, database(variables, vars))) {
        case Verdict.Rejected<BootAuthority> rejected ->
            rejected.failures().forEach(check -> checks.add(check.at(file.toString())));
        case Verdict.Accepted<BootAuthority> accepted -> {
          checks.add(Check.pass("uki-signature", file.toString()));
          add(image, accepted.value(), variables);
        }
      }
      return image;
    } catch (FormatException e) {
      throw e.in(file.toString());
    }
  }

  private void add(PeImage image, BootAuthority authority, SecureBootVariables variables)
      throws FormatException {
    var boot = BootDescription.directUki(image, variables, authority.entry());
    var prediction = Prediction.of(boot, Set.of(BANK)).getFirst();
    var signer = authority.signer().map(Certificates::fingerprint);
    signer.ifPresent(fingerprint -> parts.signed("firmware", fingerprint));
    parts.add(
        new Artifact(
            "uki",
            String.valueOf(folder.resolve(config.boot().uki()).getFileName()),
            image.file().remaining(),
            Map.of("sha256", BANK.digest(image.file()), "authenticode-sha256", authority.image()),
            signer,
            Optional.of(LoaderInfo.stub(image).toString())));
    for (var pcr : prediction.pcrs()) {
      var events =
          pcr.events().stream()
              .map(e -> new Measurement.Event(e.type(), e.name(), e.digest(BANK)))
              .toList();
      parts.add(
          new Measurement(
              prediction.path(), prediction.phase(), pcr.pcr(), BANK, events, pcr.value(BANK)));
    }
  }

  private static SignatureDatabase database(SecureBootVariables variables, Path file)
      throws FormatException {
    try {
      return SignatureDatabase.parse(variables.db(), variables.dbx());
    } catch (FormatException e) {
      throw e.in(file.toString());
    }
  }

  private static SecureBootVariables variables(Path file) throws IOException, FormatException {
    try {
      return FirmwareVariables.of(OvmfVariableStore.parse(Inputs.read(file))).secureBoot();
    } catch (FormatException e) {
      throw e.in(file.toString());
    }
  }
}
