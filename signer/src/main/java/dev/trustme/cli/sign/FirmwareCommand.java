// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.sign;

import dev.trustme.artifact.FsVerity;
import dev.trustme.artifact.ImaFileSignature;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.cli.CommandFailure;
import dev.trustme.cli.ExitCode;
import dev.trustme.cli.Output;
import dev.trustme.cli.Times;
import dev.trustme.files.Inputs;
import dev.trustme.files.Outputs;
import dev.trustme.ima.ImaSignature;
import dev.trustme.issue.SigningLog;
import dev.trustme.key.Subject;
import dev.trustme.sign.FirmwareOutput;
import dev.trustme.sign.FirmwareTree;
import dev.trustme.sign.ImaSigner;
import dev.trustme.sign.RoleKey;
import dev.trustme.trust.ArtifactKind;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code sign firmware}: files that the kernel's IMA appraises. */
@Command(
    name = "firmware",
    description = {
      "Sign firmware and other files for the kernel's IMA, as evmctl does.",
      "",
      "Files and folders are taken. A signature goes beside its file (FILE.sig), or with --tar into"
          + " a pax archive of all the files (SCHILY.xattr.security.ima), or with --xattr into the"
          + " file's attribute security.ima, which is for root."
    },
    footer = {
      "",
      "Examples:",
      "  trustme sign firmware lib/firmware/regulatory.db --pki pki",
      "  trustme sign firmware lib/firmware --pki pki --tar firmware.tar"
    },
    mixinStandardHelpOptions = true)
final class FirmwareCommand implements Callable<ExitCode> {
  @Mixin private Output output = new Output();
  @Mixin private PkiKey pki = new PkiKey();
  @Mixin private VerityOptions verity = new VerityOptions();

  @Parameters(paramLabel = "PATH", arity = "1..*", description = "Files, or folders of files.")
  private List<Path> paths = new ArrayList<>();

  @Option(names = "--tar", paramLabel = "FILE", description = "Write an archive with signatures.")
  private Optional<Path> tar = Optional.empty();

  @Option(names = "--xattr", description = "Set the attribute security.ima of the files.")
  private boolean xattr;

  @Option(names = "--force", description = "Replace existing outputs.")
  private boolean force;

  @Option(
      names = "--verity",
      description = "Sign fs-verity digests (version 3) instead of file hashes (version 2).")
  private boolean overVerity;

  @Option(
      names = "--hash",
      paramLabel = "NAME",
      defaultValue = "sha256",
      description = "sha256, sha384 or sha512; ${DEFAULT-VALUE} unless given.")
  private String hash = "sha256";

  /** What {@code --json} prints. */
  record Report(String schema, String output, int version, Digest signer, List<Signed> files) {
    String text() {
      return "%s  signed %d, version %d".formatted(output, files.size(), version);
    }
  }

  /** One file; {@code verity} where that was signed. */
  record Signed(String name, Digest sha256, Optional<Digest> verity, Bytes signature) {}

  @Override
  public ExitCode call() throws IOException, FormatException, GeneralSecurityException {
    if (tar.isPresent() && xattr) {
      throw CommandFailure.usage("give one of --tar FILE and --xattr");
    }
    if (verity.given() && !overVerity) {
      throw CommandFailure.usage("--block-size and --salt go with --verity");
    }
    var algorithm = SignatureHash.of(hash);
    var parameters =
        overVerity ? Optional.of(verity.parameters(algorithm)) : Optional.<FsVerity>empty();
    var tree = FirmwareTree.of(paths);
    try (var key = pki.open(ArtifactKind.FIRMWARE_FILE);
        var target = target(tree)) {
      requireUsable(key);
      List<Signed> signed = new ArrayList<>();
      for (var item : tree.files()) {
        output.progress("signing", signed.size(), tree.files().size());
        signed.add(sign(item, key, target, algorithm, parameters));
      }
      pki.finish(
          signed.stream().map(s -> event(s, key)).toList(),
          target.finish().toArray(Outputs.Pending[]::new));
      var report =
          new Report(
              "trustme/signed-firmware/1", label(), overVerity ? 3 : 2, key.fingerprint(), signed);
      output.result(report, report::text);
    }
    return ExitCode.ACCEPTED;
  }

  private String label() {
    return tar.map(Path::toString).orElse(xattr ? "security.ima" : "FILE.sig");
  }

  private FirmwareOutput target(FirmwareTree tree) throws IOException {
    if (tar.isPresent()) {
      var staged = Outputs.stage(tar.get(), Outputs.SHARED, force);
      return new FirmwareOutput.Archive(staged, Times.ofContent(), tree);
    }
    return xattr ? new FirmwareOutput.Attributes() : new FirmwareOutput.Sidecars(force);
  }

  private static void requireUsable(RoleKey key) {
    if (!ImaSigner.takes(key)) {
      throw CommandFailure.rejected(
          "the key of %s is one that IMA verifies nothing with: use RSA or EC"
              .formatted(key.certificate().getSubject()));
    }
  }

  private Signed sign(
      FirmwareTree.Item item,
      RoleKey key,
      FirmwareOutput target,
      HashAlgorithm algorithm,
      Optional<FsVerity> parameters)
      throws IOException {
    var content = Inputs.read(item.file());
    var sha256 = HashAlgorithm.SHA256.digest(content);
    Optional<Digest> digest = Optional.empty();
    if (parameters.isPresent()) {
      digest =
          Optional.of(
              parameters.get().measure(new ByteArrayInputStream(content.toArray())).digest());
    }
    Map<String, String> facts = digest.map(d -> Map.of("fs-verity", d.toString())).orElse(Map.of());
    var subject = new Subject(ArtifactKind.FIRMWARE_FILE, item.name(), sha256, facts);
    var signer = new ImaSigner(key.about(subject), algorithm);
    var signature = digest.isPresent() ? signer.verity(digest.get()) : signer.file(content);
    if (!pki.rehearsing()) {
      requireValid(signature, content, digest, key);
    }
    target.write(item, content, signature.encode());
    return new Signed(item.name(), sha256, digest, signature.encode());
  }

  private static void requireValid(
      ImaSignature signature, Bytes content, Optional<Digest> digest, RoleKey key) {
    var keyring = List.of(key.certificate());
    var verdict =
        digest.isPresent()
            ? ImaFileSignature.verifyVerity(signature, digest.get(), keyring)
            : ImaFileSignature.verify(signature, content, keyring);
    if (!verdict.accepted()) {
      throw new IllegalStateException("signed, and does not verify: " + verdict.failures());
    }
  }

  private static SigningLog.Event event(Signed file, RoleKey key) {
    return SigningLog.Event.signed("sign-firmware", file.name(), key.certificate(), file.sha256());
  }
}
