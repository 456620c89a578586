// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.sign;

import static java.util.Objects.requireNonNull;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.files.Inputs;
import dev.trustme.predict.LoaderInfo;
import dev.trustme.uefi.PeImage;
import dev.trustme.uki.SbatMerge;
import dev.trustme.uki.StubSections;
import dev.trustme.uki.UkiAssembler;
import dev.trustme.uki.UkiContents;
import dev.trustme.uki.UkiSection;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What a unified kernel image is made of: the options that two commands share. */
final class UkiParts {
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

  @Option(
      names = "--uname",
      paramLabel = "RELEASE",
      description = "The kernel's release (stub 254 or later).")
  private @Nullable String uname;

  @Option(names = "--dtb", paramLabel = "FILE", description = "A device tree.")
  private Optional<Path> deviceTree = Optional.empty();

  @Option(names = "--splash", paramLabel = "FILE", description = "A picture (BMP).")
  private Optional<Path> splash = Optional.empty();

  @Option(
      names = "--ucode",
      paramLabel = "FILE",
      description = "Early microcode, an uncompressed cpio archive (stub 256 or later).")
  private Optional<Path> microcode = Optional.empty();

  @Option(
      names = "--sbat",
      paramLabel = "TEXT|@FILE",
      description = {
        "SBAT lines of your own, beside those of stub and kernel; may be given several times."
            + " Default: the component uki, as ukify has it."
      })
  private List<String> sbat = new ArrayList<>();

  /** The stub and what is added to it, the kernel not yet among it. */
  private record Base(String name, PeImage stub, UkiSection kernel, List<UkiSection> sections) {}

  /**
   * The unsigned image, with these sections besides; the kernel is the last, as it grows when it
   * starts.
   */
  PeImage assemble(List<UkiSection> more) throws IOException, FormatException {
    var base = base();
    List<UkiSection> all = new ArrayList<>(base.sections);
    all.addAll(more);
    all.add(base.kernel);
    return Inputs.parse(
        base.name,
        Bytes.empty(),
        nothing -> {
          StubSections.require(LoaderInfo.stub(base.stub), all);
          return PeImage.parse(UkiAssembler.assemble(base.stub, all));
        });
  }

  private Base base() throws IOException, FormatException {
    var base = Inputs.parse(requireNonNull(stub), UkiContents::stub);
    List<UkiSection> sections = new ArrayList<>();
    sections.add(Inputs.parse(requireNonNull(osRelease), UkiContents::osRelease));
    sections.add(commandLine());
    add(sections, deviceTree, UkiContents::deviceTree);
    if (uname != null) {
      sections.add(UkiContents.uname(uname));
    }
    add(sections, splash, UkiContents::splash);
    add(sections, microcode, UkiContents::microcode);
    List<Bytes> archives = new ArrayList<>();
    for (Path initrd : initrds) {
      archives.add(Inputs.parse(initrd, UkiContents::initrd));
    }
    sections.add(UkiContents.joined(archives));
    var linux = Inputs.parse(requireNonNull(kernel), content -> UkiContents.kernel(content, base));
    sections.add(SbatMerge.of(List.of(base, PeImage.parse(linux.content())), sbatTexts()));
    return new Base(requireNonNull(stub).toString(), base, linux, sections);
  }

  private static void add(
      List<UkiSection> sections, Optional<Path> file, Inputs.Parser<UkiSection> parser)
      throws IOException, FormatException {
    if (file.isPresent()) {
      sections.add(Inputs.parse(file.get(), parser));
    }
  }

  private List<Bytes> sbatTexts() throws IOException, FormatException {
    if (sbat.isEmpty()) {
      return List.of(SbatMerge.UKI);
    }
    List<Bytes> texts = new ArrayList<>();
    for (String value : sbat) {
      texts.add(
          value.startsWith("@")
              ? Inputs.parse(Path.of(value.substring(1)), content -> content)
              : Bytes.utf8(value));
    }
    return texts;
  }

  /** The text, or the file's content without the line end that editors leave. */
  private UkiSection commandLine() throws IOException, FormatException {
    String value = requireNonNull(cmdline);
    if (!value.startsWith("@")) {
      return UkiContents.commandLine(Bytes.utf8(value));
    }
    return Inputs.parse(
        Path.of(value.substring(1)),
        content -> UkiContents.commandLine(Bytes.utf8(content.utf8().stripTrailing())));
  }

  /** What the holder of the key should know of an image. */
  static Map<String, String> facts(PeImage image) throws FormatException {
    var line = image.section(".cmdline");
    String sections = image.sections().stream().map(s -> s.name()).collect(Collectors.joining(" "));
    return line.isEmpty()
        ? Map.of("sections", sections)
        : Map.of("sections", sections, "cmdline", Bytes.copyOf(image.content(line.get())).utf8());
  }
}
