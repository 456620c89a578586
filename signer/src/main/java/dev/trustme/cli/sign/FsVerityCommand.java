// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.sign;

import dev.trustme.artifact.DetachedSignature;
import dev.trustme.artifact.FsVerity;
import dev.trustme.artifact.FsVerityDescriptor;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.cli.CommandFailure;
import dev.trustme.cli.ExitCode;
import dev.trustme.cli.Output;
import dev.trustme.files.Inputs;
import dev.trustme.files.Outputs;
import dev.trustme.issue.SigningLog;
import dev.trustme.key.Subject;
import dev.trustme.sign.Pkcs7Signer;
import dev.trustme.sign.RoleKey;
import dev.trustme.trust.ArtifactKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code sign fsverity}: digests of files as fs-verity has them, and signatures over those. */
@Command(
    name = "fsverity",
    description = {
      "Compute fs-verity digests and sign them for the kernel's keyring .fs-verity.",
      "",
      "The signature (PKCS#7, DER) goes beside each file as FILE.p7s; the fsverity tool enables it:"
          + " fsverity enable FILE --signature=FILE.p7s. With --digest nothing is signed."
    },
    footer = {
      "",
      "Examples:",
      "  trustme sign fsverity app.squashfs --digest",
      "  trustme sign fsverity app.squashfs --pki pki"
    },
    mixinStandardHelpOptions = true)
final class FsVerityCommand implements Callable<ExitCode> {
  private static final String SUFFIX = ".p7s";

  @Mixin private Output output = new Output();
  @Mixin private PkiKey pki = new PkiKey();
  @Mixin private VerityOptions verity = new VerityOptions();

  @Parameters(paramLabel = "FILE", arity = "1..*", description = "Files.")
  private List<Path> files = new ArrayList<>();

  @Option(names = "--digest", description = "Only tell the digests; needs no key.")
  private boolean digestOnly;

  @Option(
      names = "--hash",
      paramLabel = "NAME",
      defaultValue = "sha256",
      description = "sha256 or sha512; ${DEFAULT-VALUE} unless given.")
  private String hash = "sha256";

  @Option(names = "--force", description = "Replace existing outputs.")
  private boolean force;

  /** What {@code --json} prints. */
  record Report(String schema, List<Measured> files) {
    String text() {
      return files.stream()
          .map(f -> f.digest() + "  " + f.file())
          .collect(Collectors.joining("\n"));
    }
  }

  /** One file; {@code rootHash} is that of the Merkle tree, {@code digest} what is signed. */
  record Measured(String file, long size, Digest digest, Digest rootHash) {}

  @Override
  public ExitCode call() throws IOException, FormatException, GeneralSecurityException {
    var parameters = verity.parameters(SignatureHash.of(hash));
    List<Input> inputs = new ArrayList<>();
    for (Path file : files) {
      inputs.add(measure(file, parameters));
    }
    if (!digestOnly) {
      sign(inputs);
    }
    var report =
        new Report("trustme/fs-verity/1", inputs.stream().map(FsVerityCommand::measured).toList());
    output.result(report, report::text);
    return ExitCode.ACCEPTED;
  }

  /** A file, its SHA-256 and what fs-verity knows of it: read once. */
  private record Input(Path file, Digest sha256, FsVerityDescriptor verity) {
    String name() {
      return String.valueOf(file.getFileName());
    }
  }

  private static Input measure(Path file, FsVerity parameters) throws IOException {
    Inputs.requireReadable(file);
    var sha256 = HashAlgorithm.SHA256.newDigest();
    try (var content = new DigestInputStream(Files.newInputStream(file), sha256)) {
      var verity = parameters.measure(content);
      return new Input(
          file, new Digest(HashAlgorithm.SHA256, Bytes.copyOf(sha256.digest())), verity);
    }
  }

  private static Measured measured(Input input) {
    var verity = input.verity();
    return new Measured(
        input.file().toString(),
        verity.dataSize(),
        verity.digest(),
        new Digest(verity.parameters().algorithm(), verity.rootHash()));
  }

  private void sign(List<Input> inputs)
      throws IOException, FormatException, GeneralSecurityException {
    List<Outputs.Staged> staged = new ArrayList<>();
    List<SigningLog.Event> events = new ArrayList<>();
    try (var key = pki.open(ArtifactKind.FIRMWARE_FILE)) {
      if (!Pkcs7Signer.takes(key)) {
        throw CommandFailure.rejected(
            "the key of %s is one that fs-verity verifies nothing with: use RSA or EC"
                .formatted(key.certificate().getSubject()));
      }
      for (var input : inputs) {
        Path beside = input.file().resolveSibling(input.name() + SUFFIX);
        var sidecar = Outputs.stage(beside, Outputs.SHARED, force);
        staged.add(sidecar);
        sidecar.write(signature(input, key).buffer());
        events.add(
            SigningLog.Event.signed(
                "sign-fs-verity", input.name(), key.certificate(), input.sha256()));
      }
      pki.finish(events, staged.toArray(Outputs.Pending[]::new));
    } finally {
      for (var sidecar : staged) {
        sidecar.close();
      }
    }
  }

  private Bytes signature(Input input, RoleKey key) throws FormatException {
    var message = input.verity().formattedDigest();
    var subject =
        new Subject(
            ArtifactKind.FIRMWARE_FILE,
            input.name(),
            input.sha256(),
            Map.of("fs-verity", input.verity().digest().toString()));
    var signature = new Pkcs7Signer(key.about(subject)).detached(message);
    if (!pki.rehearsing()
        && !DetachedSignature.verify(signature, message, List.of(key.certificate())).accepted()) {
      throw new IllegalStateException("signed, and does not verify");
    }
    return signature;
  }
}
