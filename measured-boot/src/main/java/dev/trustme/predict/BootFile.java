// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.predict;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.json.Json;
import dev.trustme.uefi.OvmfVariableStore;
import dev.trustme.uefi.PeImage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A boot description as a person writes it (YAML or JSON): names of files, and how they start each
 * other.
 */
public record BootFile(
    String schema, Firmware firmware, Optional<List<String>> phases, List<Path> paths) {
  public static final String SCHEMA = "trustme/boot/1";

  private static final String STRUCTURE = "boot description";
  private static final int MAX_PATHS = 256;
  private static final int MAX_PHASES = 64;

  public BootFile {
    paths = List.copyOf(paths);
    if (!schema.equals(SCHEMA)) {
      throw new IllegalArgumentException("schema: expected " + SCHEMA + ", found " + schema);
    }
    if (paths.isEmpty() || paths.size() > MAX_PATHS) {
      throw new IllegalArgumentException(
          "paths: expected 1 to %d, found %d".formatted(MAX_PATHS, paths.size()));
    }
    int count = phases.map(List::size).orElse(1);
    if (count == 0 || count > MAX_PHASES) {
      throw new IllegalArgumentException(
          "phases: expected 1 to %d, found %d".formatted(MAX_PHASES, count));
    }
  }

  /**
   * Where the machine's UEFI variables are: OVMF's variable store, or a file per variable as it is
   * (signature lists; text for {@code sbat-level}). A variable without a file does not exist.
   */
  public record Firmware(
      Optional<String> variables,
      Optional<String> pk,
      Optional<String> kek,
      Optional<String> db,
      Optional<String> dbx,
      Optional<String> mokList,
      Optional<String> mokListX,
      Optional<Boolean> mokListTrusted,
      Optional<String> sbatLevel) {
    public Firmware {
      boolean single = pk.isPresent() && kek.isPresent() && db.isPresent();
      boolean any =
          pk.or(() -> kek).or(() -> db).or(() -> dbx).isPresent()
              || mokList.or(() -> mokListX).or(() -> sbatLevel).isPresent()
              || mokListTrusted.isPresent();
      if (variables.isPresent() ? any : !single) {
        throw new IllegalArgumentException(
            "firmware: expected variables (a variable store), or pk, kek and db");
      }
    }

    FirmwareVariables read(BootArtefacts files) throws IOException, FormatException {
      if (variables.isPresent()) {
        return inFile(
            variables.get(),
            () -> FirmwareVariables.of(OvmfVariableStore.parse(bytes(files, variables.get()))));
      }
      return new FirmwareVariables(
          new SecureBootVariables(
              bytes(files, pk), bytes(files, kek), bytes(files, db), bytes(files, dbx)),
          new ShimVariables(
              bytes(files, mokList),
              bytes(files, mokListX),
              bytes(files, sbatLevel),
              mokListTrusted.orElse(false)));
    }
  }

  /** One way to boot; {@code boot} lists the programs in the order in which they start. */
  public record Path(String name, Optional<List<Refused>> refusedOptions, List<Step> boot) {
    public Path {
      boot = List.copyOf(boot);
    }

    BootPath read(BootArtefacts files) throws IOException, FormatException {
      List<BootStep> steps = new ArrayList<>();
      for (Step step : boot) {
        steps.add(step.read(files));
      }
      List<BootPath.RefusedOption> refused = new ArrayList<>();
      for (Refused option : refusedOptions.orElse(List.of())) {
        refused.add(new BootPath.RefusedOption(certificate(files, option.verifiedBy)));
      }
      return malformed(() -> new BootPath(name, refused, steps));
    }
  }

  /**
   * A boot option that Secure Boot refused. {@code verified-by} is there if a certificate in db
   * verifies the image and dbx holds its digest; it is not there for an image that is not signed or
   * signed by somebody else.
   */
  public record Refused(Optional<String> verifiedBy) {}

  /**
   * One program, by the one of {@code shim}, {@code systemd-boot}, {@code uki} and {@code kernel}
   * that names its file. {@code verified-by} is the certificate (PEM or DER) in db or MokList that
   * verifies it. A kernel has an {@code entry} and {@code initrds}, or {@code load-options}.
   */
  public record Step(
      Optional<String> shim,
      Optional<String> systemdBoot,
      Optional<String> uki,
      Optional<String> kernel,
      Optional<String> verifiedBy,
      Optional<String> entry,
      Optional<List<String>> initrds,
      Optional<String> loadOptions) {
    public Step {
      long programs =
          List.of(shim, systemdBoot, uki, kernel).stream().filter(Optional::isPresent).count();
      if (programs != 1) {
        throw new IllegalArgumentException(
            "a step names one of shim, systemd-boot, uki and kernel, found " + programs);
      }
      boolean options = entry.isPresent() || loadOptions.isPresent() || initrds.isPresent();
      if (kernel.isEmpty() && options) {
        throw new IllegalArgumentException(
            "entry, initrds and load-options belong to a kernel alone");
      }
      if (kernel.isPresent() && entry.isPresent() == loadOptions.isPresent()) {
        throw new IllegalArgumentException("a kernel has either entry or load-options");
      }
    }

    BootStep read(BootArtefacts files) throws IOException, FormatException {
      String name = shim.or(() -> systemdBoot).or(() -> uki).or(() -> kernel).orElseThrow();
      var image = inFile(name, () -> PeImage.parse(files.content(name)));
      Optional<Bytes> authority = certificate(files, verifiedBy);
      if (shim.isPresent()) {
        return new BootStep.Shim(image, authority);
      }
      if (systemdBoot.isPresent()) {
        return new BootStep.SystemdBoot(image, authority);
      }
      if (uki.isPresent()) {
        return new BootStep.UnifiedImage(image, authority);
      }
      return kernel(files, image, authority);
    }

    private BootStep kernel(BootArtefacts files, PeImage image, Optional<Bytes> authority)
        throws IOException, FormatException {
      List<Bytes> contents = new ArrayList<>();
      for (String initrd : initrds.orElse(List.of())) {
        contents.add(bytes(files, initrd));
      }
      BootStep.Options options =
          entry.isPresent()
              ? new BootStep.Entry(
                  inFile(entry.get(), () -> LoaderEntry.parse(bytes(files, entry.get()))))
              : new BootStep.BootOption(loadOptions.orElse(""));
      return new BootStep.Kernel(image, authority, options, contents);
    }
  }

  /** Reads YAML, of which JSON is a part; strict. */
  public static BootFile parse(Bytes document) throws FormatException {
    return Json.readYaml(document, BootFile.class, STRUCTURE);
  }

  /** The description with the content of all its files. */
  public BootDescription read(BootArtefacts files) throws IOException, FormatException {
    List<BootPhase> moments = new ArrayList<>();
    for (String phase : phases.orElse(List.of(BootPhase.KERNEL.name()))) {
      moments.add(malformed(() -> new BootPhase(phase)));
    }
    var variables = firmware.read(files);
    List<BootPath> all = new ArrayList<>();
    for (Path path : paths) {
      all.add(path.read(files));
    }
    return malformed(() -> new BootDescription(variables, moments, all));
  }

  private static Optional<Bytes> certificate(BootArtefacts files, Optional<String> name)
      throws IOException, FormatException {
    if (name.isEmpty()) {
      return Optional.empty();
    }
    String file = name.get();
    return Optional.of(inFile(file, () -> CertificateFile.der(bytes(files, file))));
  }

  private interface Reading<T> {
    T read() throws IOException, FormatException;
  }

  private static <T> T inFile(String name, Reading<T> reading) throws IOException, FormatException {
    try {
      return reading.read();
    } catch (FormatException e) {
      throw e.in(name);
    }
  }

  /** What a person wrote may break the rules of a value: then the file is malformed. */
  private static <T> T malformed(java.util.function.Supplier<T> value) throws FormatException {
    try {
      return value.get();
    } catch (IllegalArgumentException e) {
      throw new FormatException(STRUCTURE, 0, String.valueOf(e.getMessage()));
    }
  }

  private static Bytes bytes(BootArtefacts files, String name) throws IOException, FormatException {
    return Bytes.copyOf(files.content(name));
  }

  private static Bytes bytes(BootArtefacts files, Optional<String> name)
      throws IOException, FormatException {
    return name.isPresent() ? bytes(files, name.get()) : Bytes.empty();
  }
}
