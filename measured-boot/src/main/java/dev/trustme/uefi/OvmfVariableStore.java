// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.uefi;

import dev.trustme.bytes.BinaryReader;
import dev.trustme.bytes.BinaryWriter;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The variable store in OVMF's flash image (OVMF_VARS_4M.fd): a firmware volume whose content is
 * one authenticated variable store. Little-endian. UEFI PI 1.8, volume 3, 3.2.1 (volume header);
 * EDK II MdeModulePkg/Include/Guid/VariableFormat.h (store and variables, aligned to 4 bytes, no
 * padding between name and data). Fault-tolerant-write blocks behind the store are kept as they
 * are.
 */
public final class OvmfVariableStore {
  private static final EfiGuid SYSTEM_NV_DATA_FV = guid("fff12b8d-7696-4c8b-a985-2747075b4f50");
  private static final EfiGuid AUTHENTICATED_VARIABLE =
      guid("aaf32c78-947b-439a-a180-2e144ec37792");

  private static final long FVH_SIGNATURE = 0x4856465fL; // "_FVH"
  private static final int STORE_HEADER_SIZE = 28;
  private static final int FORMATTED = 0x5a;
  private static final int HEALTHY = 0xfe;
  private static final int VARIABLE_DATA = 0x55aa;
  private static final int ERASED = 0xffff;
  private static final int ADDED = 0x3f;
  private static final int ADDED_IN_DELETED_TRANSITION = 0x3e;

  private final Bytes image;
  private final int free;
  private final int end;
  private final Map<Key, Variable> variables;

  private OvmfVariableStore(Bytes image, int free, int end, Map<Key, Variable> variables) {
    this.image = image;
    this.free = free;
    this.end = end;
    this.variables = variables;
  }

  private record Key(String name, EfiGuid vendor) {}

  /**
   * AUTHENTICATED_VARIABLE_HEADER with name and data. {@code attributes}: EFI_VARIABLE_NON_VOLATILE
   * 1, BOOTSERVICE_ACCESS 2, RUNTIME_ACCESS 4, TIME_BASED_AUTHENTICATED_WRITE_ACCESS 0x20.
   */
  public record Variable(
      String name, EfiGuid vendor, long attributes, EfiTime timeStamp, Bytes data) {
    Bytes encode() {
      byte[] text = (name + "\0").getBytes(StandardCharsets.UTF_16LE);
      return BinaryWriter.littleEndian()
          .u16(VARIABLE_DATA)
          .u8(ADDED)
          .u8(0)
          .u32(attributes)
          .u64(0)
          .bytes(timeStamp.encoded())
          .u32(0)
          .u32(text.length)
          .u32(data.size())
          .bytes(vendor.encode())
          .bytes(text)
          .bytes(data)
          .toBytes();
    }
  }

  private static EfiGuid guid(String text) {
    return new EfiGuid(java.util.UUID.fromString(text));
  }

  public static OvmfVariableStore parse(Bytes image) throws FormatException {
    var volume = BinaryReader.littleEndian(image, "EFI_FIRMWARE_VOLUME_HEADER");
    int header = volumeHeader(volume);
    var reader = volume.at("VARIABLE_STORE_HEADER", header);
    requireGuid(reader, AUTHENTICATED_VARIABLE, "an authenticated variable store");
    long size = reader.u32();
    if (size < STORE_HEADER_SIZE || size - 20 > reader.remaining()) {
      throw reader.malformed("Size %d does not fit the image".formatted(size));
    }
    if (reader.u8() != FORMATTED || reader.u8() != HEALTHY) {
      throw reader.malformed("is not formatted and healthy");
    }
    reader.skip(6);
    int end = Math.toIntExact(header + size);
    Map<Key, Variable> variables = new LinkedHashMap<>();
    int free = variables(reader, end, variables);
    return new OvmfVariableStore(image, free, end, variables);
  }

  /** Checks the volume and returns the length of its header. */
  private static int volumeHeader(BinaryReader reader) throws FormatException {
    reader.skip(16);
    requireGuid(reader, SYSTEM_NV_DATA_FV, "a volume of variables");
    long length = reader.u64();
    if (reader.u32() != FVH_SIGNATURE) {
      throw reader.malformed("has no signature _FVH");
    }
    reader.skip(4);
    int header = reader.u16();
    if (length < header || length > reader.offset() + reader.remaining() || header < 56) {
      throw reader.malformed("FvLength %d, HeaderLength %d".formatted(length, header));
    }
    var words = reader.at(reader.structure(), 0);
    int sum = 0;
    for (int at = 0; at + 2 <= header; at += 2) {
      sum += words.u16();
    }
    if ((sum & 0xffff) != 0) {
      throw reader.malformed("header checksum does not fit");
    }
    return header;
  }

  private static void requireGuid(BinaryReader reader, EfiGuid expected, String what)
      throws FormatException {
    var found = EfiGuid.read(reader);
    if (!found.equals(expected)) {
      throw reader.malformed("expected %s (%s), found %s".formatted(what, expected, found));
    }
  }

  /** Reads all variables and returns where the erased rest begins. */
  private static int variables(BinaryReader reader, int end, Map<Key, Variable> found)
      throws FormatException {
    Map<Key, Variable> leaving = new LinkedHashMap<>();
    int at = Math.toIntExact(reader.offset());
    while (end - at >= 2) {
      var next =
          reader
              .at("AUTHENTICATED_VARIABLE_HEADER", at)
              .slice("AUTHENTICATED_VARIABLE_HEADER", end - at);
      int start = next.u16();
      if (start == ERASED) {
        break;
      }
      if (start != VARIABLE_DATA) {
        throw next.malformed("expected StartId 55aa or erased flash, found %04x".formatted(start));
      }
      variable(next, found, leaving);
      at = Math.min(end, Math.toIntExact((next.offset() + 3) & ~3L));
    }
    requireErased(reader, at, end);
    leaving.forEach(found::putIfAbsent);
    return at;
  }

  private static void variable(
      BinaryReader reader, Map<Key, Variable> found, Map<Key, Variable> leaving)
      throws FormatException {
    int state = reader.u8();
    reader.skip(1);
    long attributes = reader.u32();
    reader.skip(8);
    EfiTime timeStamp = EfiTime.read(reader);
    reader.skip(4);
    long nameSize = reader.u32();
    long dataSize = reader.u32();
    EfiGuid vendor = EfiGuid.read(reader);
    Bytes name = reader.bytes(nameSize);
    Bytes data = reader.bytes(dataSize);
    if (state != ADDED && state != ADDED_IN_DELETED_TRANSITION) {
      return; // Deleted, or never finished.
    }
    var variable = new Variable(name(reader, name), vendor, attributes, timeStamp, data);
    var key = new Key(variable.name(), vendor);
    if ((state == ADDED ? found : leaving).put(key, variable) != null) {
      throw reader.malformed("variable %s is there twice".formatted(variable.name()));
    }
  }

  private static String name(BinaryReader reader, Bytes name) throws FormatException {
    try {
      String text = StandardCharsets.UTF_16LE.newDecoder().decode(name.buffer()).toString();
      if (text.length() > 1 && text.indexOf('\0') == text.length() - 1) {
        return text.substring(0, text.length() - 1);
      }
    } catch (CharacterCodingException e) {
      throw reader.malformed("Name is not UTF-16LE");
    }
    throw reader.malformed("Name does not end in its only NUL");
  }

  private static void requireErased(BinaryReader reader, int from, int end) throws FormatException {
    var rest = reader.at("variable store", from);
    for (int at = from; at < end; at++) {
      if (rest.u8() != 0xff) {
        throw new FormatException("variable store", at, "expected erased flash (ff)");
      }
    }
  }

  /** The variables that firmware would see, in the order of the store. */
  public List<Variable> variables() {
    return List.copyOf(variables.values());
  }

  public Optional<Variable> variable(String name, EfiGuid vendor) {
    return Optional.ofNullable(variables.get(new Key(name, vendor)));
  }

  /** The store with these variables added; each must be new, and all must fit. */
  public OvmfVariableStore with(List<Variable> added) {
    Map<Key, Variable> all = new LinkedHashMap<>(variables);
    List<Bytes> parts = new ArrayList<>(List.of(image.slice(0, free)));
    int at = free;
    for (Variable variable : added) {
      if (all.put(new Key(variable.name(), variable.vendor()), variable) != null) {
        throw new IllegalArgumentException("variable " + variable.name() + " exists");
      }
      Bytes encoded = variable.encode();
      int padding = -encoded.size() & 3;
      parts.add(encoded);
      parts.add(erased(padding));
      at += encoded.size() + padding;
      if (at > end) {
        throw new IllegalArgumentException("variable " + variable.name() + " does not fit");
      }
    }
    parts.add(image.slice(at, image.size()));
    return new OvmfVariableStore(Bytes.concat(parts.toArray(Bytes[]::new)), at, end, all);
  }

  private static Bytes erased(int count) {
    var fill = new byte[count];
    java.util.Arrays.fill(fill, (byte) 0xff);
    return Bytes.copyOf(fill);
  }

  /** The whole image. */
  public Bytes encode() {
    return image;
  }
}
