// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.verify;

import static java.util.Objects.requireNonNull;

import dev.trustme.artifact.Authenticode;
import dev.trustme.artifact.ModuleSignature;
import dev.trustme.artifact.SealedContainer;
import dev.trustme.artifact.SealedLayout;
import dev.trustme.artifact.SignatureDatabase;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.cli.CommandFailure;
import dev.trustme.cli.ExitCode;
import dev.trustme.cli.Output;
import dev.trustme.cli.Times;
import dev.trustme.files.Inputs;
import dev.trustme.trust.ArtifactKind;
import dev.trustme.trust.Certificates;
import dev.trustme.trust.Check;
import dev.trustme.trust.Scope;
import dev.trustme.trust.TrustStore;
import dev.trustme.trust.Verdict;
import dev.trustme.uefi.EfiGuid;
import dev.trustme.uefi.OvmfVariableStore;
import dev.trustme.uefi.PeImage;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.bouncycastle.cert.X509CertificateHolder;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code verify artifact}: would its consumer take this file? */
@Command(
    name = "artifact",
    description = {
      "Decide about a signed file as the one who will use it does.",
      "",
      "uefi: firmware starting an EFI program, with db and dbx of a variable store (--vars) or the"
          + " certificates given (--cert). module: the kernel loading an uncompressed module, with"
          + " these certificates on its keyring. device: a device installing a sealed container (its"
          + " folder), with these trust anchors (--roots)."
    },
    footer = {
      "",
      "Examples:",
      "  trustme verify artifact boot.efi --as uefi --vars OVMF_VARS.fd",
      "  trustme verify artifact dummy.ko --as module --cert pki/certs/boot.pem",
      "  trustme verify artifact web.sealed --as device --roots pki/certs/software-root.pem",
      "  trustme verify artifact web.sealed --as device --roots pki/certs/customer-root.pem"
          + " --customer acme"
    },
    mixinStandardHelpOptions = true)
final class ArtifactCommand implements Callable<ExitCode> {
  /** Who will use the file. */
  enum Consumer {
    uefi("would start on this machine", "would not start on this machine"),
    module("would be loaded by this kernel", "would not be loaded by this kernel"),
    device("would be installed by this device", "would not be installed by this device");

    private final String yes;
    private final String no;

    Consumer(String yes, String no) {
      this.yes = yes;
      this.no = no;
    }
  }

  @Mixin private Output output = new Output();
  @Mixin private Times times = new Times();

  @Parameters(paramLabel = "FILE", description = "The file, or a sealed container's folder.")
  private @Nullable Path file;

  @Option(
      names = "--as",
      paramLabel = "CONSUMER",
      required = true,
      description = "uefi, module or device.")
  private Consumer consumer = Consumer.uefi;

  @Option(names = "--vars", paramLabel = "FILE", description = "OVMF's variable store.")
  private @Nullable Path vars;

  @Option(
      names = "--cert",
      paramLabel = "FILE",
      description = "A certificate (PEM or DER) of db or of the kernel's keyring.")
  private List<Path> certificates = new ArrayList<>();

  @Option(names = "--roots", paramLabel = "FILE", description = "Trust anchors (PEM or DER).")
  private List<Path> roots = new ArrayList<>();

  @Option(
      names = "--customer",
      paramLabel = "NAME",
      description =
          "Whose container it is, by the scope of the signing authority; else the vendor's.")
  private Optional<String> customer = Optional.empty();

  /** What {@code --json} prints. */
  record Report(String schema, String file, String as, String verdict, List<Check> checks) {}

  @Override
  public ExitCode call() throws IOException, FormatException {
    Path path = requireNonNull(file);
    var verdict =
        switch (consumer) {
          case uefi -> uefi(path);
          case module -> module(path);
          case device -> device(path);
        };
    output.result(
        new Report(
            "trustme/artifact-verdict/1",
            path.toString(),
            consumer.name(),
            verdict.accepted() ? "accepted" : "rejected",
            verdict.checks()),
        () -> text(path, verdict));
    return verdict.accepted() ? ExitCode.ACCEPTED : ExitCode.REJECTED;
  }

  private String text(Path path, Verdict<?> verdict) {
    var text = new StringBuilder();
    text.append(path).append(' ');
    text.append(verdict.accepted() ? output.good(consumer.yes) : output.bad(consumer.no));
    for (var check : verdict.checks()) {
      text.append(line(check));
      if (!check.advice().isEmpty()) {
        text.append("\n  %-18s %s".formatted("", check.advice()));
      }
    }
    return text.toString();
  }

  private static String line(Check check) {
    return switch (check.result()) {
      case FAIL ->
          "\n  %-18s expected %s\n  %-18s found %s  %s"
              .formatted(check.id(), check.expected(), "", check.seen(), check.where());
      case WARN ->
          "\n  %-18s warning: %s; it should be %s"
              .formatted(check.id(), check.seen(), check.expected());
      case PASS, NOT_APPLICABLE -> "\n  %-18s %s".formatted(check.id(), check.seen());
    };
  }

  private Verdict<?> uefi(Path path) throws IOException, FormatException {
    if ((vars == null) == certificates.isEmpty()) {
      throw CommandFailure.usage("--as uefi: give --vars FILE, or --cert FILE");
    }
    var database =
        vars == null ? SignatureDatabase.of(certificates()) : read(vars, ArtifactCommand::lists);
    return read(path, content -> Authenticode.verify(PeImage.parse(content), database));
  }

  private static SignatureDatabase lists(Bytes content) throws FormatException {
    var store = OvmfVariableStore.parse(content);
    return SignatureDatabase.parse(data(store, "db"), data(store, "dbx"));
  }

  private static Bytes data(OvmfVariableStore store, String name) {
    return store
        .variable(name, EfiGuid.IMAGE_SECURITY_DATABASE)
        .map(OvmfVariableStore.Variable::data)
        .orElse(Bytes.empty());
  }

  private Verdict<?> module(Path path) throws IOException, FormatException {
    if (certificates.isEmpty()) {
      throw CommandFailure.usage("--as module: give --cert FILE");
    }
    var keyring = certificates();
    return read(path, content -> ModuleSignature.parse(content).verify(keyring));
  }

  private List<X509CertificateHolder> certificates() throws IOException, FormatException {
    List<X509CertificateHolder> all = new ArrayList<>();
    for (Path certificate : certificates) {
      all.addAll(read(certificate, Certificates::parse));
    }
    return all;
  }

  private Verdict<?> device(Path path) throws IOException, FormatException {
    if (roots.isEmpty()) {
      throw CommandFailure.usage("--as device: give --roots FILE");
    }
    if (customer.isPresent() && !Scope.isCustomer(customer.get())) {
      throw CommandFailure.usage("--customer: a name of a-z, 0-9, '.', '_' and '-'");
    }
    var policy = ArtifactKind.CONTAINER_MANIFEST.policy(customer).orElseThrow();
    var anchors = TrustStore.load(roots);
    var layout = SealedLayout.open(path);
    try (var channel = FileChannel.open(layout.image(), StandardOpenOption.READ)) {
      return SealedContainer.verify(layout.envelope(), channel, anchors, policy, times.now());
    } catch (FormatException e) {
      throw e.in(path.toString());
    }
  }

  /** A reader of one format. */
  private interface Parser<T> {
    T parse(Bytes content) throws FormatException;
  }

  private static <T> T read(Path path, Parser<T> parser) throws IOException, FormatException {
    try {
      return parser.parse(Inputs.read(path));
    } catch (FormatException e) {
      throw e.in(path.toString());
    }
  }
}
