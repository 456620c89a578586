// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.verify;

import dev.trustme.bytes.FormatException;
import dev.trustme.cli.ExitCode;
import dev.trustme.cli.Output;
import dev.trustme.files.Inputs;
import dev.trustme.trust.Acceleration;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code verify artifact}: would their consumer take these files? */
@Command(
    name = "artifact",
    description = {
      "Decide about signed files as the one who will use them does.",
      "",
      "uefi: firmware starting an EFI program, with db and dbx of a variable store (--vars) or the"
          + " certificates given (--cert). shim: a shim (--shim) that starts an EFI program, with the"
          + " machine's variables (--vars) or these certificates in MokList (--cert).",
      "module: the kernel loading a module (.ko, .ko.gz, .ko.xz, .ko.zst), with these certificates"
          + " on its keyring. ima: the kernel's IMA reading a file, by FILE.sig or its attribute"
          + " security.ima (--cert). fsverity: the kernel enabling FILE with FILE.p7s (--cert).",
      "verity: the kernel opening an image with dm-verity, its root hash signed by one of these"
          + " certificates: X.raw with X.verity, X.roothash and X.roothash.p7s beside it, or FILE with"
          + " the tree appended (--root-hash, --hash-offset) and FILE.p7s.",
      "device: a device installing a sealed container (its folder), with these trust anchors"
          + " (--roots). gyroidos: its daemon loading a guest's FILE.conf with .sig and .cert beside"
          + " it (--roots).",
      "cosign, sigstore, notation: a host running an image only if it is signed in this form; FILE is"
          + " an OCI layout, folder or tar archive. cosign: simple signing by a key (--key) under a name"
          + " (--reference). sigstore: a bundle by a key (--key). notation: a JWS by a container"
          + " signer below these trust anchors (--roots)."
    },
    footer = {
      "",
      "Examples:",
      "  trustme verify artifact boot.efi --as uefi --vars OVMF_VARS.fd",
      "  trustme verify artifact grubx64.efi --as shim --vars OVMF_VARS.fd --shim shimx64.efi",
      "  trustme verify artifact modules-signed/*.ko --as module --cert pki/certs/boot.pem",
      "  trustme verify artifact app.raw --as verity --cert pki/certs/layer.pem",
      "  trustme verify artifact web.sealed --as device --roots pki/certs/software-root.pem",
      "  trustme verify artifact web-9.conf --as gyroidos --roots ssig_rootca.cert --wider-keys",
      "  trustme verify artifact web.sealed --as device --roots pki/certs/customer-root.pem"
          + " --customer acme",
      "  trustme verify artifact web-oci --as cosign --key pki/certs/container.pem \\",
      "      --reference registry.example/web"
    },
    mixinStandardHelpOptions = true)
final class ArtifactCommand implements Callable<ExitCode> {
  /** The names of {@link Consumer}s. */
  enum As {
    uefi,
    shim,
    module,
    verity,
    device,
    ima,
    fsverity,
    gyroidos,
    cosign,
    sigstore,
    notation
  }

  @Mixin private Output output = new Output();
  @Mixin private ArtifactTrust trust = new ArtifactTrust();
  private final UefiConsumer uefi = new UefiConsumer();
  @Mixin private ShimConsumer shim = new ShimConsumer();
  @Mixin private ModuleConsumer module = new ModuleConsumer();
  @Mixin private VerityConsumer verity = new VerityConsumer();
  @Mixin private DeviceConsumer device = new DeviceConsumer();
  @Mixin private VerityChoice fsVerity = new VerityChoice();
  @Mixin private GyroidosConsumer gyroidos = new GyroidosConsumer();
  @Mixin private ImageConsumer.Options image = new ImageConsumer.Options();

  @Parameters(
      paramLabel = "FILE",
      arity = "1..*",
      description = "Files, or folders of sealed containers and images.")
  private List<Path> files = new ArrayList<>();

  @Option(
      names = "--as",
      paramLabel = "CONSUMER",
      required = true,
      description = "${COMPLETION-CANDIDATES}.")
  private As consumer = As.uefi;

  /** What {@code --json} prints. */
  record Report(
      String schema,
      String as,
      int accepted,
      int rejected,
      int failed,
      List<ArtifactVerdict> files) {}

  @Override
  public ExitCode call() throws IOException, FormatException {
    Acceleration.expect(files.size(), Inputs.totalSize(files));
    var judge = consumer().judge(trust);
    var verdicts =
        files.size() == 1
            ? List.of(ArtifactVerdict.of(files.getFirst(), judge.judge(files.getFirst())))
            : judgeAll(judge);
    var codes = verdicts.stream().map(ArtifactVerdict::exitCode).toList();
    int accepted = count(codes, ExitCode.ACCEPTED);
    int rejected = count(codes, ExitCode.REJECTED);
    var report =
        new Report(
            "trustme/artifact-verdict/2",
            consumer.name(),
            accepted,
            rejected,
            verdicts.size() - accepted - rejected,
            verdicts);
    output.result(report, () -> text(report));
    return ExitCode.worst(codes);
  }

  private Consumer consumer() {
    return switch (consumer) {
      case uefi -> uefi;
      case shim -> shim;
      case module -> module;
      case verity -> verity;
      case device -> device;
      case ima -> new ImaConsumer(fsVerity);
      case fsverity -> new FsVerityConsumer(fsVerity);
      case gyroidos -> gyroidos;
      case cosign, sigstore, notation -> new ImageConsumer(consumer, image, device);
    };
  }

  private List<ArtifactVerdict> judgeAll(Consumer.Judge judge) {
    var done = new AtomicInteger();
    return files.parallelStream()
        .map(file -> {
          var verdict = ArtifactVerdict.of(judge, file);
          output.progress("judging", done.incrementAndGet(), files.size());
          return verdict;
        })
        .toList();
  }

  private static int count(List<ExitCode> codes, ExitCode wanted) {
    return (int) codes.stream().filter(wanted::equals).count();
  }

  private String text(Report report) {
    var text = new StringBuilder();
    boolean one = report.files().size() == 1;
    report
        .files()
        .forEach(file -> text.append(file.text(consumer(), output, one || output.verbose())));
    if (!one) {
      text.append(
          "%d accepted, %d rejected, %d could not be judged"
              .formatted(report.accepted(), report.rejected(), report.failed()));
    }
    return text.toString();
  }
}
