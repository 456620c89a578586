// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.sign;

import static java.util.Objects.requireNonNull;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.cli.ExitCode;
import dev.trustme.cli.Output;
import dev.trustme.uefi.PeImage;
import dev.trustme.uki.UkiAssembler;
import dev.trustme.uki.UkiContents;
import dev.trustme.uki.UkiSection;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code sign uki}: kernel, initrd and command line in one signed image. */
@Command(
    name = "uki",
    description = {
      "Assemble a unified kernel image on systemd's boot stub and sign it for firmware's db.",
      "",
      "Kernel, initrd and command line are then one signed file: none of them can be exchanged"
          + " without breaking the signature, and each is measured into PCR 11."
    },
    footer = {
      "",
      "Example:",
      "  trustme sign uki --pki pki --stub /usr/lib/systemd/boot/efi/linuxx64.efi.stub \\",
      "      --kernel vmlinuz --initrd initrd.img --cmdline 'console=ttyS0 quiet' \\",
      "      --os-release /etc/os-release -o boot.efi"
    },
    mixinStandardHelpOptions = true)
final class UkiCommand implements Callable<ExitCode> {
  @Mixin private Output output = new Output();
  @Mixin private PkiKey pki = new PkiKey();
  @Mixin private Target target = new Target();

  @Option(
      names = "--stub",
      paramLabel = "FILE",
      required = true,
      description = "systemd's boot stub, unsigned.")
  private @Nullable Path stub;

  @Option(
      names = "--kernel",
      paramLabel = "FILE",
      required = true,
      description = "The kernel, an EFI program itself.")
  private @Nullable Path kernel;

  @Option(
      names = "--initrd",
      paramLabel = "FILE",
      required = true,
      description = "The initrd; several are joined in this order.")
  private List<Path> initrds = new ArrayList<>();

  @Option(
      names = "--cmdline",
      paramLabel = "TEXT|@FILE",
      required = true,
      description = "The kernel's command line, or the file that holds it.")
  private @Nullable String cmdline;

  @Option(
      names = "--os-release",
      paramLabel = "FILE",
      required = true,
      description = "os-release(5) of the system that boots.")
  private @Nullable Path osRelease;

  @Option(names = "--uname", paramLabel = "RELEASE", description = "The kernel's release.")
  private @Nullable String uname;

  @Override
  public ExitCode call() throws IOException, FormatException, GeneralSecurityException {
    target.requireFree();
    String name = requireNonNull(stub).toString();
    var base = NamedInput.read(requireNonNull(stub), UkiContents::stub);
    var sections = sections(base);
    var image =
        NamedInput.parse(
            name, Bytes.empty(), nothing -> PeImage.parse(UkiAssembler.assemble(base, sections)));
    var report = new SignedEfi(pki, "sign-uki").write(image, name, target);
    output.result(report, report::text);
    return ExitCode.ACCEPTED;
  }

  /** In the order of the file: the kernel last. */
  private List<UkiSection> sections(PeImage base) throws IOException, FormatException {
    List<UkiSection> sections = new ArrayList<>();
    sections.add(NamedInput.read(requireNonNull(osRelease), UkiContents::osRelease));
    sections.add(commandLine(requireNonNull(cmdline)));
    if (uname != null) {
      sections.add(UkiContents.uname(uname));
    }
    List<Bytes> archives = new ArrayList<>();
    for (Path initrd : initrds) {
      archives.add(NamedInput.read(initrd, UkiContents::initrd));
    }
    sections.add(UkiContents.joined(archives));
    sections.add(NamedInput.read(requireNonNull(kernel), k -> UkiContents.kernel(k, base)));
    return sections;
  }

  /** The text, or the file's content without the line end that editors leave. */
  private static UkiSection commandLine(String value) throws IOException, FormatException {
    if (!value.startsWith("@")) {
      return UkiContents.commandLine(Bytes.utf8(value));
    }
    return NamedInput.read(
        Path.of(value.substring(1)),
        content -> UkiContents.commandLine(Bytes.utf8(content.utf8().stripTrailing())));
  }
}
