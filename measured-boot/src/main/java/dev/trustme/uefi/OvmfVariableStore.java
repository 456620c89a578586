// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.uefi;

import dev.trustme.bytes.BinaryReader;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.uefi.VariableRecord.State;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The variable store in OVMF's flash image (OVMF_VARS_4M.fd): a firmware volume whose content is
 * one authenticated variable store. Little-endian. UEFI PI 1.8, volume 3, 3.2.1 (volume header);
 * EDK II MdeModulePkg/Include/Guid/VariableFormat.h (store and variables, aligned to 4 bytes, no
 * padding between name and data). Fault-tolerant-write blocks behind the store are kept as they
 * are; a store in the middle of such a write is malformed.
 */
public final class OvmfVariableStore {
  private static final EfiGuid SYSTEM_NV_DATA_FV = guid("fff12b8d-7696-4c8b-a985-2747075b4f50");
  private static final EfiGuid AUTHENTICATED_VARIABLE =
      guid("aaf32c78-947b-439a-a180-2e144ec37792");

  private static final long FVH_SIGNATURE = 0x4856465fL; // "_FVH"
  private static final int STORE_HEADER_SIZE = 28;
  private static final int FORMATTED = 0x5a;
  private static final int HEALTHY = 0xfe;

  private final Bytes image;
  private final Layout layout;
  private final List<VariableRecord> records;
  private final Map<Key, VariableRecord> visible;

  private OvmfVariableStore(Bytes image, Layout layout, List<VariableRecord> records)
      throws FormatException {
    this.image = image;
    this.layout = layout;
    this.records = records;
    this.visible = visible(records);
  }

  /** Offsets in the image: of the first record, and of the end of the store. */
  private record Layout(int start, int end) {}

  /** What names a variable. */
  public record Key(String name, EfiGuid vendor) {}

  /**
   * AUTHENTICATED_VARIABLE_HEADER with name and data. {@code attributes}: EFI_VARIABLE_NON_VOLATILE
   * 1, BOOTSERVICE_ACCESS 2, RUNTIME_ACCESS 4, TIME_BASED_AUTHENTICATED_WRITE_ACCESS 0x20.
   */
  public record Variable(
      String name, EfiGuid vendor, long attributes, EfiTime timeStamp, Bytes data) {
    public Key key() {
      return new Key(name, vendor);
    }
  }

  private static EfiGuid guid(String text) {
    return new EfiGuid(java.util.UUID.fromString(text));
  }

  public static OvmfVariableStore parse(Bytes image) throws FormatException {
    var volume = BinaryReader.littleEndian(image, "EFI_FIRMWARE_VOLUME_HEADER");
    var header = volumeHeader(volume);
    var reader = volume.at("VARIABLE_STORE_HEADER", header.start());
    requireGuid(reader, AUTHENTICATED_VARIABLE, "an authenticated variable store");
    long size = reader.u32();
    if (size < STORE_HEADER_SIZE || size - 20 > reader.remaining()) {
      throw reader.malformed("Size %d does not fit the image".formatted(size));
    }
    if (reader.u8() != FORMATTED || reader.u8() != HEALTHY) {
      throw reader.malformed("is not formatted and healthy");
    }
    reader.skip(6);
    int end = Math.toIntExact(header.start() + size);
    FaultTolerantWrite.requireFinished(volume, end, header.end());
    var layout = new Layout(Math.toIntExact(reader.offset()), end);
    return new OvmfVariableStore(image, layout, records(reader, layout));
  }

  /** Checks the volume; returns where its header and where it ends. */
  private static Layout volumeHeader(BinaryReader reader) throws FormatException {
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
    return new Layout(header, Math.toIntExact(length));
  }

  private static void requireGuid(BinaryReader reader, EfiGuid expected, String what)
      throws FormatException {
    var found = EfiGuid.read(reader);
    if (!found.equals(expected)) {
      throw reader.malformed("expected %s (%s), found %s".formatted(what, expected, found));
    }
  }

  /** Reads all records, behind which the store must be erased. */
  private static List<VariableRecord> records(BinaryReader reader, Layout layout)
      throws FormatException {
    List<VariableRecord> records = new ArrayList<>();
    int at = layout.start();
    while (layout.end() - at >= 2) {
      var next =
          reader
              .at(VariableRecord.STRUCTURE, at)
              .slice(VariableRecord.STRUCTURE, layout.end() - at);
      int start = next.u16();
      if (start == VariableRecord.ERASED) {
        break;
      }
      if (start != VariableRecord.START_ID) {
        throw next.malformed("expected StartId 55aa or erased flash, found %04x".formatted(start));
      }
      var record = VariableRecord.read(next, at);
      records.add(record);
      at = aligned(record.end(), layout);
    }
    requireErased(reader, at, layout.end());
    return List.copyOf(records);
  }

  private static int aligned(int at, Layout layout) {
    return Math.min(layout.end(), (at + 3) & ~3);
  }

  private static Map<Key, VariableRecord> visible(List<VariableRecord> records)
      throws FormatException {
    Map<Key, VariableRecord> found = new LinkedHashMap<>();
    Map<Key, VariableRecord> leaving = new LinkedHashMap<>();
    for (var record : records) {
      if (record.variable().isPresent()) {
        var key = record.variable().get().key();
        if ((record.state() == State.ADDED ? found : leaving).put(key, record) != null) {
          throw new FormatException(
              VariableRecord.STRUCTURE,
              record.offset(),
              "variable %s is there twice".formatted(key.name()));
        }
      }
    }
    leaving.forEach(found::putIfAbsent);
    return found;
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
    return visible.values().stream().flatMap(r -> r.variable().stream()).toList();
  }

  public Optional<Variable> variable(String name, EfiGuid vendor) {
    return Optional.ofNullable(visible.get(new Key(name, vendor)))
        .flatMap(VariableRecord::variable);
  }

  /** Bytes that are left for new variables, headers and names included, once it is tidied up. */
  public int free() {
    return layout.end() - aligned(tidied(visible.keySet()).size() + layout.start(), layout);
  }

  /** Bytes that the variable takes in a store. */
  public static int size(Variable variable) {
    return VariableRecord.encode(variable).size();
  }

  /** The store with these variables added; each must be new, and all must fit. */
  public OvmfVariableStore with(List<Variable> added) {
    for (Variable variable : added) {
      if (visible.containsKey(variable.key())) {
        throw new IllegalArgumentException("variable " + variable.name() + " exists");
      }
    }
    return edit(added, Set.of())
        .orElseThrow(() -> new IllegalArgumentException("the variables do not fit"));
  }

  /**
   * The store after these variables were set, in their order, and those removed; what is removed
   * need not exist. Like firmware it marks what goes and writes behind the last record; where that
   * does not fit, it drops all that is gone first. Empty where the variables do not fit even then.
   */
  public Optional<OvmfVariableStore> edit(List<Variable> set, Set<Key> removed) {
    Bytes added = Bytes.concat(set.stream().map(VariableRecord::encode).toArray(Bytes[]::new));
    var going = new java.util.HashSet<>(removed);
    set.forEach(v -> going.add(v.key()));
    int free = records.isEmpty() ? layout.start() : aligned(records.getLast().end(), layout);
    if (added.size() <= layout.end() - free) {
      byte[] changed = image.toArray();
      records.stream()
          .filter(r -> r.variable().filter(v -> going.contains(v.key())).isPresent())
          .forEach(r -> r.delete(changed));
      return Optional.of(filled(Bytes.copyOf(changed).slice(layout.start(), free), added));
    }
    var staying = new java.util.LinkedHashSet<>(visible.keySet());
    staying.removeAll(going);
    Bytes kept = tidied(staying);
    return kept.size() + added.size() <= layout.end() - layout.start()
        ? Optional.of(filled(kept, added))
        : Optional.empty();
  }

  /** The records of these variables, one behind the other. */
  private Bytes tidied(Set<Key> keys) {
    return Bytes.concat(
        visible.entrySet().stream()
            .filter(e -> keys.contains(e.getKey()))
            .map(e -> e.getValue().reclaimed(image))
            .toArray(Bytes[]::new));
  }

  /** The image with these records and nothing else in its store. */
  private OvmfVariableStore filled(Bytes kept, Bytes added) {
    var rest = new byte[layout.end() - layout.start() - kept.size() - added.size()];
    Arrays.fill(rest, (byte) 0xff);
    Bytes whole =
        Bytes.concat(
            image.slice(0, layout.start()),
            kept,
            added,
            Bytes.copyOf(rest),
            image.slice(layout.end(), image.size()));
    try {
      return parse(whole);
    } catch (FormatException e) {
      throw new IllegalStateException("a store that was written reads back", e);
    }
  }

  /** The whole image. */
  public Bytes encode() {
    return image;
  }
}
