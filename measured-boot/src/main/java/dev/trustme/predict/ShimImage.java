// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.predict;

import dev.trustme.bytes.BinaryReader;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.uefi.EfiGuid;
import dev.trustme.uefi.LongSectionNames;
import dev.trustme.uefi.PeImage;
import dev.trustme.uefi.SignatureList;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What a shim was built with. Section {@code .data.ident}: its version; {@code .vendor_cert}: its
 * own certificate (DER) and its own list of what is refused (signature lists), by their sizes and
 * offsets (UINT32, little-endian); {@code .sbatlevel}: the SBAT levels that it sets, as NUL-ended
 * text.
 *
 * @param vendorAuthorized a list with the built-in certificate, empty without one
 * @param automaticLevel what shim writes into SbatLevel unless a later level is there
 * @param latestLevel what it writes where the policy latest is set
 */
public record ShimImage(
    String version,
    Bytes vendorAuthorized,
    Bytes vendorDeauthorized,
    SbatLevel automaticLevel,
    SbatLevel latestLevel) {
  private static final Set<String> VERSIONS = Set.of("16.1");
  private static final Pattern IDENT =
      Pattern.compile("UEFI SHIM\n\\$Version: ([0-9.]{1,16}) \\$\n");
  private static final int DER_SEQUENCE = 0x30;

  /** A shim whose measurements are known; any other is malformed for the purpose. */
  static ShimImage of(PeImage image) throws FormatException {
    var shim = read(image);
    if (!VERSIONS.contains(shim.version)) {
      throw new FormatException(
          "section .data.ident",
          0,
          "shim %s: what it measures is not known here; supported versions: %s"
              .formatted(shim.version, VERSIONS));
    }
    return shim;
  }

  /** Any shim with these sections, whatever its version. */
  public static ShimImage read(PeImage image) throws FormatException {
    var ident = IDENT.matcher(content(image, ".data.ident").utf8());
    if (!ident.lookingAt()) {
      throw new FormatException("section .data.ident", 0, "names no version of shim");
    }
    String version = ident.group(1);
    var table = BinaryReader.littleEndian(content(image, ".vendor_cert"), "section .vendor_cert");
    long authorizedSize = table.u32();
    long deauthorizedSize = table.u32();
    var authorized = table.at("vendor certificate", table.u32()).bytes(authorizedSize);
    var deauthorized = table.at("vendor dbx", 0);
    deauthorized.skip(12);
    deauthorized = table.at("vendor dbx", deauthorized.u32());
    return new ShimImage(
        version,
        vendorList(authorized),
        Databases.require("vendor dbx", deauthorized.bytes(deauthorizedSize)),
        level(image, 0),
        level(image, 1));
  }

  private static Bytes content(PeImage image, String name) throws FormatException {
    var section =
        LongSectionNames.section(image, name)
            .orElseThrow(() -> new FormatException("section " + name, 0, "is missing: not shim"));
    return Bytes.copyOf(image.content(section));
  }

  private static Bytes vendorList(Bytes certificate) throws FormatException {
    if (certificate.isEmpty()) {
      return certificate;
    }
    if (certificate.at(0) != DER_SEQUENCE) {
      throw new FormatException(
          "vendor certificate", 0, "is no certificate: a shim with a vendor db is not known here");
    }
    return SignatureList.x509(EfiGuid.SHIM_LOCK, certificate).encode();
  }

  /** Offsets of two texts follow the version: the automatic level, then the latest. */
  private static SbatLevel level(PeImage image, int index) throws FormatException {
    String structure = "section .sbatlevel";
    var section = content(image, ".sbatlevel");
    var reader = BinaryReader.littleEndian(section, structure);
    if (reader.u32() != 0) {
      throw new FormatException(structure, 0, "has a format version that is not known here");
    }
    int start = Math.toIntExact(reader.offset());
    reader.skip(4L * index);
    var text = reader.at(structure, start + reader.u32());
    int from = Math.toIntExact(text.offset());
    int end = from;
    while (end < section.size() && section.at(end) != 0) {
      end++;
    }
    return SbatLevel.parse(structure, section.slice(from, end));
  }

  /** The SbatLevel that shim measures on a machine that stores this one, or none (empty). */
  public Bytes sbatLevel(Bytes stored) throws FormatException {
    if (stored.isEmpty()) {
      return automaticLevel.text();
    }
    var level = SbatLevel.parse("SbatLevel", stored);
    return level.keptAgainst(automaticLevel) ? stored : automaticLevel.text();
  }

  @Override
  public String toString() {
    return "shim " + version;
  }
}
