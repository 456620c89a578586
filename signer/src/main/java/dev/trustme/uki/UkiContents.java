// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.uki;

import dev.trustme.bytes.BinaryReader;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.predict.LoaderInfo;
import dev.trustme.uefi.PeImage;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemWriter;

/**
 * The sections of a unified kernel image from their files, each refused where it is another kind.
 */
public final class UkiContents {
  private static final Pattern ASSIGNMENT = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*=.*");
  private static final Pattern RELEASE = Pattern.compile("[0-9A-Za-z.+~_-]{1,64}");
  private static final int MAX_CMDLINE = 2047;

  /** cpio (newc, crc), gzip, bzip2, lzma, xz, lz4, zstd: what Linux unpacks as an initramfs. */
  private static final List<Bytes> INITRD_MAGIC =
      List.of(
          Bytes.utf8("070701"),
          Bytes.utf8("070702"),
          Bytes.fromHex("1f8b"),
          Bytes.utf8("BZh"),
          Bytes.fromHex("5d0000"),
          Bytes.fromHex("fd377a585a00"),
          Bytes.fromHex("02214c18"),
          Bytes.fromHex("28b52ffd"));

  private static final int INITRD_ALIGNMENT = 4;
  private static final long DEVICE_TREE_MAGIC = 0xd00dfeedL;
  private static final int BITMAP_MAGIC = 0x4d42;

  private UkiContents() {}

  /** A stub that can be built on: unsigned, systemd's, of a version that its section names. */
  public static PeImage stub(Bytes file) throws FormatException {
    var stub = PeImage.parse(file);
    if (!stub.certificates().isEmpty()) {
      throw new FormatException(
          "boot stub",
          stub.certificateTable().offset(),
          "is signed already: take the distribution's unsigned one");
    }
    LoaderInfo.stub(stub);
    return stub;
  }

  /**
   * The kernel, a PE image for the stub's machine; the last section, as it grows when it starts.
   */
  public static UkiSection kernel(Bytes file, PeImage stub) throws FormatException {
    int machine = PeImage.parse(file).header().machine();
    if (machine != stub.header().machine()) {
      throw new FormatException(
          "COFF file header",
          0,
          "machine 0x%x, but the stub is for 0x%x".formatted(machine, stub.header().machine()));
    }
    return new UkiSection(".linux", file);
  }

  /** One initrd of a boot; see {@link #joined}. */
  public static Bytes initrd(Bytes file) throws FormatException {
    if (INITRD_MAGIC.stream().noneMatch(file::startsWith)) {
      throw new FormatException(
          "initrd",
          0,
          "expected a cpio archive, plain or compressed, found "
              + file.slice(0, Math.min(6, file.size())));
    }
    return file;
  }

  /** Initrds one after the other, each but the last zero-padded to 4 bytes. */
  public static UkiSection joined(List<Bytes> initrds) {
    var all = Bytes.empty();
    for (var initrd : initrds) {
      int padding = -all.size() & (INITRD_ALIGNMENT - 1);
      all = Bytes.concat(all, Bytes.zeros(padding), initrd);
    }
    return new UkiSection(".initrd", all);
  }

  /** os-release(5): UTF-8 lines {@code NAME=value}. */
  public static UkiSection osRelease(Bytes file) throws FormatException {
    var lines = text(file, "os-release").lines().filter(l -> !l.isBlank() && !l.startsWith("#"));
    if (file.isEmpty() || !lines.allMatch(line -> ASSIGNMENT.matcher(line).matches())) {
      throw new FormatException("os-release", 0, "expected lines of the form NAME=value");
    }
    return new UkiSection(".osrel", file);
  }

  /** One line of printable ASCII; anything else would be measured in more than one way. */
  public static UkiSection commandLine(Bytes text) throws FormatException {
    for (int i = 0; i < text.size(); i++) {
      if (text.at(i) < ' ' || text.at(i) > '~') {
        throw new FormatException(
            "command line", i, "byte 0x%02x is not printable ASCII".formatted(text.at(i)));
      }
    }
    if (text.isEmpty() || text.size() > MAX_CMDLINE) {
      throw new FormatException(
          "command line", 0, "%d bytes, expected 1 to %d".formatted(text.size(), MAX_CMDLINE));
    }
    return new UkiSection(".cmdline", text);
  }

  /** The kernel's release, as {@code uname -r} prints it. */
  public static UkiSection uname(String release) throws FormatException {
    if (!RELEASE.matcher(release).matches()) {
      throw new FormatException("kernel release", 0, "expected letters, digits and . + ~ _ -");
    }
    return new UkiSection(".uname", Bytes.utf8(release));
  }

  /** A flattened device tree: Devicetree Specification 0.4, 5.2; its size is the file's. */
  public static UkiSection deviceTree(Bytes file) throws FormatException {
    var reader = BinaryReader.bigEndian(file, "device tree");
    if (reader.u32() != DEVICE_TREE_MAGIC || reader.u32() != file.size()) {
      throw new FormatException("device tree", 0, "is no blob of the size that it states");
    }
    return new UkiSection(".dtb", file);
  }

  /** Early microcode: cpio archives, not compressed. Linux, x86/microcode.rst. */
  public static UkiSection microcode(Bytes file) throws FormatException {
    if (!file.startsWith(INITRD_MAGIC.getFirst())) {
      throw new FormatException("microcode", 0, "expected an uncompressed cpio archive (newc)");
    }
    return new UkiSection(".ucode", file);
  }

  /** A Windows bitmap, which states its size. */
  public static UkiSection splash(Bytes file) throws FormatException {
    var reader = BinaryReader.littleEndian(file, "splash picture");
    if (reader.u16() != BITMAP_MAGIC || reader.u32() != file.size()) {
      throw new FormatException("splash picture", 0, "is no bitmap (BMP) of the size it states");
    }
    return new UkiSection(".splash", file);
  }

  /** The key that signed the policies: RSA, in PEM as openssl writes it. RFC 7468, 13. */
  public static UkiSection policyKey(SubjectPublicKeyInfo key) throws FormatException {
    if (!PcrSignature.takes(key)) {
      throw new FormatException("PCR policy key", 0, "is not RSA, which is all that systemd takes");
    }
    var pem = new StringWriter();
    try (var writer = new PemWriter(pem)) {
      writer.writeObject(new PemObject("PUBLIC KEY", key.getEncoded("DER")));
    } catch (IOException e) {
      throw new IllegalStateException("writing to memory", e);
    }
    return new UkiSection(".pcrpkey", Bytes.utf8(pem.toString()));
  }

  private static String text(Bytes file, String structure) throws FormatException {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(file.buffer()).toString();
    } catch (CharacterCodingException e) {
      throw new FormatException(structure, 0, "is not UTF-8");
    }
  }
}
