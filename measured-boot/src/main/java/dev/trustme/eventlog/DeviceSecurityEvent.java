// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.eventlog;

import dev.trustme.bytes.BinaryReader;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import java.util.ArrayList;
import java.util.List;

/**
 * TCG_DEVICE_SECURITY_EVENT_DATA and TCG_DEVICE_SECURITY_EVENT_DATA2: a measurement or a
 * certificate chain that a device gave over SPDM. Little-endian, lengths in bytes. TCG PC Client
 * Platform Firmware Profile 1.06, "DEVICE_SECURITY_EVENT_DATA Structure":
 *
 * <pre>
 * 1: BYTE signature[16]; UINT16 version; UINT16 length; UINT32 spdmHashAlgo; UINT32 deviceType;
 *    SPDM_MEASUREMENT_BLOCK; UINT64 devicePathLength; BYTE devicePath[]; deviceContext
 * 2: BYTE signature[16]; UINT16 version; UINT8 authState; UINT8 reserved; UINT32 length;
 *    UINT32 deviceType; UINT32 subHeaderType; UINT32 subHeaderLength; UINT64 subHeaderUid;
 *    UINT64 devicePathLength; BYTE devicePath[]; subHeader[subHeaderLength]; deviceContext
 * </pre>
 *
 * @param authState 0 authenticated, 1 no authentication, 2 no binding, 3 no signature, 4 invalid
 *     signature, 0xff no SPDM; 0 in version 1, which has no such field
 * @param deviceType 0 none, 1 PCI, 2 USB
 */
public record DeviceSecurityEvent(
    int version,
    int authState,
    long deviceType,
    long subHeaderUid,
    Bytes devicePath,
    SubHeader subHeader,
    DeviceContext deviceContext) {
  static final Bytes SIGNATURE = Bytes.utf8("SPDM Device Sec\0");
  static final Bytes SIGNATURE_2 = Bytes.utf8("SPDM Device Sec2");

  private static final String STRUCTURE = "TCG_DEVICE_SECURITY_EVENT_DATA";
  private static final int PCI = 1;

  /** What the device gave. */
  public sealed interface SubHeader {}

  /** SPDM_MEASUREMENT_BLOCKs; {@code hashAlgorithm} is a bit of SPDM's MeasurementHashAlgo. */
  public record Measurements(int spdmVersion, long hashAlgorithm, List<Measurement> blocks)
      implements SubHeader {
    public Measurements {
      blocks = List.copyOf(blocks);
    }
  }

  /** SPDM_MEASUREMENT_BLOCK. DMTF DSP0274, "Measurement block". */
  public record Measurement(int index, int measurementSpecification, Bytes measurement) {}

  /** SPDM_CERT_CHAIN of a slot. DMTF DSP0274, "Certificate chain format". */
  public record CertificateChain(int spdmVersion, int slotId, long hashAlgorithm, Bytes chain)
      implements SubHeader {}

  /** A sub header of another type. */
  public record OtherSubHeader(long type, Bytes raw) implements SubHeader {}

  /** Which device it is. */
  public sealed interface DeviceContext {}

  /** TCG_DEVICE_SECURITY_EVENT_DATA_PCI_CONTEXT; {@code classCode} has 24 bits. */
  public record PciContext(
      int vendorId,
      int deviceId,
      int revisionId,
      int classCode,
      int subsystemVendorId,
      int subsystemId)
      implements DeviceContext {}

  /** The context of a device of another type; empty if there is none. */
  public record OtherContext(Bytes raw) implements DeviceContext {}

  static DeviceSecurityEvent parse(Bytes data) throws FormatException {
    var reader = BinaryReader.littleEndian(data, STRUCTURE);
    var event = read(reader);
    reader.expectEnd();
    return event;
  }

  static DeviceSecurityEvent read(BinaryReader input) throws FormatException {
    var reader = input.named(STRUCTURE);
    Bytes signature = reader.bytes(SIGNATURE.size());
    if (signature.equals(SIGNATURE)) {
      return first(reader);
    }
    if (signature.equals(SIGNATURE_2)) {
      return second(reader);
    }
    throw new FormatException(STRUCTURE, 0, "signature " + signature.hex());
  }

  private static DeviceSecurityEvent first(BinaryReader reader) throws FormatException {
    int version = reader.u16();
    reader.u16();
    long hashAlgorithm = reader.u32();
    long deviceType = reader.u32();
    var block = measurement(reader);
    Bytes path = reader.hasRemaining() ? reader.bytes(reader.u64()) : Bytes.empty();
    var subHeader = new Measurements(0, hashAlgorithm, List.of(block));
    return new DeviceSecurityEvent(
        version, 0, deviceType, 0, path, subHeader, context(reader, deviceType));
  }

  private static DeviceSecurityEvent second(BinaryReader reader) throws FormatException {
    int version = reader.u16();
    int authState = reader.u8();
    reader.u8();
    long length = reader.u32();
    var body = reader.slice(STRUCTURE, length);
    long deviceType = body.u32();
    long subHeaderType = body.u32();
    long subHeaderLength = body.u32();
    long uid = body.u64();
    Bytes path = body.bytes(body.u64());
    var subHeader = subHeader(body.slice(STRUCTURE, subHeaderLength), subHeaderType);
    var context = context(body, deviceType);
    return new DeviceSecurityEvent(version, authState, deviceType, uid, path, subHeader, context);
  }

  private static SubHeader subHeader(BinaryReader reader, long type) throws FormatException {
    if (type > 1) {
      return new OtherSubHeader(type, reader.rest());
    }
    int spdmVersion = reader.u16();
    int countOrSlot = reader.u8();
    reader.u8();
    long hashAlgorithm = reader.u32();
    if (type == 1) {
      return new CertificateChain(spdmVersion, countOrSlot, hashAlgorithm, reader.rest());
    }
    List<Measurement> blocks = new ArrayList<>();
    for (int i = 0; i < countOrSlot; i++) {
      blocks.add(measurement(reader));
    }
    reader.expectEnd();
    return new Measurements(spdmVersion, hashAlgorithm, blocks);
  }

  private static Measurement measurement(BinaryReader reader) throws FormatException {
    return new Measurement(reader.u8(), reader.u8(), reader.bytes(reader.u16()));
  }

  private static DeviceContext context(BinaryReader reader, long type) throws FormatException {
    if (type != PCI || !reader.hasRemaining()) {
      return new OtherContext(reader.rest());
    }
    reader.u16();
    reader.u16();
    int vendorId = reader.u16();
    int deviceId = reader.u16();
    int revision = reader.u8();
    int classCode = reader.u8() | reader.u8() << 8 | reader.u8() << 16;
    var context =
        new PciContext(vendorId, deviceId, revision, classCode, reader.u16(), reader.u16());
    reader.expectEnd();
    return context;
  }
}
