// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.uefi;

import dev.trustme.bytes.BinaryReader;
import dev.trustme.bytes.BinaryWriter;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * EFI_DEVICE_PATH_PROTOCOL: where something lies, as nodes from the root bridge down to the file.
 * Little-endian; {@code Length} counts the four bytes of the header too. UEFI 2.10, 10.3.1:
 *
 * <pre>
 * UINT8 Type; UINT8 SubType; UINT16 Length; UINT8 data[Length - 4];
 * </pre>
 *
 * The last node ends the entire path. Nodes of unknown types are kept.
 */
public record DevicePath(List<Node> nodes) {
  private static final String STRUCTURE = "EFI_DEVICE_PATH_PROTOCOL";
  private static final int HEADER_SIZE = 4;

  public DevicePath {
    nodes = List.copyOf(nodes);
    if (nodes.isEmpty() || !nodes.getLast().endsEntirePath()) {
      throw new IllegalArgumentException("a device path ends in its end node");
    }
  }

  /**
   * One node.
   *
   * @param data what follows the header
   */
  public record Node(int type, int subType, Bytes data) {
    static final int HARDWARE = 1;
    static final int ACPI = 2;
    static final int MESSAGING = 3;
    static final int MEDIA = 4;
    static final int BIOS_BOOT = 5;
    static final int END = 0x7f;

    private static final int END_INSTANCE = 0x01;
    private static final int END_ENTIRE = 0xff;
    private static final int FILE_PATH = 4;
    private static final int HARD_DRIVE = 1;
    private static final int MAX_DATA = 0xffff - HEADER_SIZE;

    public Node {
      if (type < 0 || type > 0xff || subType < 0 || subType > 0xff || data.size() > MAX_DATA) {
        throw new IllegalArgumentException(
            "node (%d,%d) of %d bytes".formatted(type, subType, data.size()));
      }
    }

    boolean endsEntirePath() {
      return type == END && subType == END_ENTIRE;
    }

    boolean endsInstance() {
      return type == END && subType == END_INSTANCE;
    }

    boolean isFilePath() {
      return type == MEDIA && subType == FILE_PATH;
    }

    boolean isHardDrive() {
      return type == MEDIA && subType == HARD_DRIVE;
    }

    /** The text form; {@code Path(type,subtype,hex)} where type or content is unknown. */
    public String text() {
      return DevicePathText.of(this);
    }
  }

  /** Reads exactly one path. */
  public static DevicePath parse(Bytes encoded) throws FormatException {
    var reader = BinaryReader.littleEndian(encoded, STRUCTURE);
    var path = read(reader);
    reader.expectEnd();
    return path;
  }

  /** Reads paths, one after the other, up to the end of the input. */
  static List<DevicePath> readAll(BinaryReader reader) throws FormatException {
    List<DevicePath> paths = new ArrayList<>();
    while (reader.hasRemaining()) {
      paths.add(read(reader));
    }
    return List.copyOf(paths);
  }

  /** Reads one path and leaves the reader behind its end node. */
  public static DevicePath read(BinaryReader input) throws FormatException {
    var reader = input.named(STRUCTURE);
    List<Node> nodes = new ArrayList<>();
    do {
      nodes.add(readNode(reader));
    } while (!nodes.getLast().endsEntirePath());
    return new DevicePath(nodes);
  }

  private static Node readNode(BinaryReader reader) throws FormatException {
    int type = reader.u8();
    int subType = reader.u8();
    int length = reader.u16();
    if (length < HEADER_SIZE) {
      throw reader.malformed("node of %d bytes".formatted(length));
    }
    return new Node(type, subType, reader.bytes(length - HEADER_SIZE));
  }

  public Bytes encode() {
    var out = BinaryWriter.littleEndian();
    for (Node node : nodes) {
      out.u8(node.type()).u8(node.subType()).u16(HEADER_SIZE + node.data().size());
      out.bytes(node.data());
    }
    return out.toBytes();
  }

  /**
   * The text form: nodes joined by {@code /}, instances by a comma. UEFI 2.10, 10.6.1. It holds
   * whatever characters the path does: escape it before it is shown.
   */
  public String text() {
    var text = new StringBuilder();
    String separator = "";
    for (Node node : nodes) {
      if (node.endsEntirePath() && node.data().isEmpty()) {
        continue;
      }
      if (node.endsInstance() && node.data().isEmpty()) {
        separator = ",";
        continue;
      }
      text.append(separator).append(node.text());
      separator = "/";
    }
    return text.toString();
  }

  /** The file's path as its nodes give it, joined. */
  public Optional<String> filePath() {
    List<String> parts = nodes.stream().filter(Node::isFilePath).map(Node::text).toList();
    return parts.isEmpty()
        ? Optional.empty()
        : Optional.of(String.join("\\", parts).replace("\\\\", "\\"));
  }
}
