// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.predict;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.eventlog.TcgEventType;
import dev.trustme.uefi.PeImage;
import dev.trustme.uefi.PeSection;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What systemd's EFI stub measures into PCR 11: each section's name, ASCII with a NUL, then its
 * content, VirtualSize bytes; and the initrd that it gives the kernel. systemd-stub(7), "TPM PCR
 * Notes"; the order and the initrd as seen in boots of 252, 254 and 257.
 */
record SystemdStub(LoaderInfo info, PeImage uki) {
  private static final int PCR = 11;
  private static final String COMPONENT = "uki";

  /** A section that is measured, and the first of our majors that does so. */
  private record Section(String name, int since) {}

  private static final Set<Integer> MAJORS = Set.of(252, 254, 257);

  /** In this order, whatever the order in the file. */
  private static final List<Section> MEASURED =
      List.of(
          new Section(".linux", 252),
          new Section(".osrel", 252),
          new Section(".cmdline", 252),
          new Section(".initrd", 252),
          new Section(".ucode", 257),
          new Section(".splash", 252),
          new Section(".uname", 254),
          new Section(".sbat", 254),
          new Section(".pcrpkey", 252));

  private static final int WITH_OS_RELEASE = 257;
  private static final List<String> REQUIRED = List.of(".linux", ".cmdline", ".initrd");

  /** They choose among variants of the image, or change the device tree, in ways not known here. */
  private static final Set<String> REFUSED =
      Set.of(".dtb", ".dtbauto", ".hwids", ".profile", ".efifw");

  /** Of 257 alone; what an older stub does with it is not known. */
  private static final String UCODE = ".ucode";

  /** Refuses what would be measured in a way that is not known for certain. */
  static SystemdStub of(PeImage uki) throws FormatException {
    var info = LoaderInfo.stub(uki);
    if (!MAJORS.contains(info.major())) {
      throw unknownVersion(info, MAJORS);
    }
    for (String name : REQUIRED) {
      if (uki.section(name).isEmpty()) {
        throw new FormatException("section " + name, 0, "is missing in the unified kernel image");
      }
    }
    for (PeSection section : uki.sections()) {
      boolean ucode = section.name().equals(UCODE);
      if (REFUSED.contains(section.name()) || (ucode && !measured(info.major()).contains(UCODE))) {
        throw new FormatException(
            "section " + section.name(),
            section.rawOffset(),
            "its measurements cannot be predicted");
      }
    }
    var stub = new SystemdStub(info, uki);
    KernelEvents.requireMeasures(uki.content(stub.require(".linux")));
    return stub;
  }

  static FormatException unknownVersion(LoaderInfo info, Collection<Integer> majors) {
    return new FormatException(
        "section .sdmagic",
        0,
        "%s: what it measures is not known here; supported majors: %s"
            .formatted(info, majors.stream().sorted().toList()));
  }

  void add(EventSequence events) throws FormatException {
    for (String name : measured(info.major())) {
      Optional<PeSection> section = uki.section(name);
      if (section.isPresent() && section.get().virtualSize() > 0) {
        ByteBuffer content = uki.content(section.get());
        events.add(PCR, TcgEventType.EV_IPL, name + " (name)", COMPONENT, Bytes.utf8(name + "\0"));
        events.add(
            new Measured(
                PCR, TcgEventType.EV_IPL.name(), name, COMPONENT, bank -> bank.digest(content)));
      }
    }
    KernelEvents.add(events, COMPONENT, commandLine(), initrd());
  }

  private static List<String> measured(int major) {
    return MEASURED.stream().filter(s -> s.since <= major).map(Section::name).toList();
  }

  /** The stub turns bytes into UTF-16 and control characters into spaces: only ASCII is certain. */
  String commandLine() throws FormatException {
    var content = content(".cmdline");
    Ascii.require("section .cmdline", content);
    return content.utf8();
  }

  /**
   * The image's initrd, after the microcode and before small archives with what userspace reads in
   * /.extra: one alone as it is, several each padded to 4 bytes.
   */
  private Bytes initrd() throws FormatException {
    List<Bytes> parts = new ArrayList<>();
    if (uki.section(UCODE).isPresent()) {
      parts.add(content(UCODE));
    }
    parts.add(content(".initrd"));
    extra(parts, ".pcrsig", "tpm2-pcr-signature.json");
    extra(parts, ".pcrpkey", "tpm2-pcr-public-key.pem");
    if (info.major() >= WITH_OS_RELEASE) {
      extra(parts, ".osrel", "os-release");
    }
    if (parts.size() == 1) {
      return parts.getFirst();
    }
    List<Bytes> padded = new ArrayList<>();
    for (Bytes part : parts) {
      padded.add(part);
      padded.add(Bytes.zeros(-part.size() & 3));
    }
    return Bytes.concat(padded.toArray(Bytes[]::new));
  }

  private void extra(List<Bytes> parts, String section, String file) throws FormatException {
    if (uki.section(section).isPresent()) {
      parts.add(ExtraArchive.of(file, content(section)));
    }
  }

  private PeSection require(String name) throws FormatException {
    return uki.section(name)
        .orElseThrow(() -> new FormatException("section " + name, 0, "is missing"));
  }

  private Bytes content(String name) throws FormatException {
    return Bytes.copyOf(uki.content(require(name)));
  }
}
