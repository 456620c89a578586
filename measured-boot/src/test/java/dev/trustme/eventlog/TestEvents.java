// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.eventlog;

import dev.trustme.bytes.BinaryWriter;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.Digest;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.uefi.EfiGuid;
import dev.trustme.uefi.SignatureData;
import dev.trustme.uefi.SignatureList;
import dev.trustme.uefi.UefiVariableData;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Event data of each kind, made by hand, and logs of it. */
public final class TestEvents {
  private static final EfiGuid OWNER = EfiGuid.SHIM_LOCK;
  private static final Bytes CERTIFICATE =
      Bytes.concat(Bytes.fromHex("30820100"), Bytes.zeros(256));

  /** PciRoot(0x0)/Pci(0x1f,0x2)/Sata(0x0,0xffff,0x0)/\EFI\BOOT.EFI. */
  public static final Bytes PATH =
      Bytes.concat(
          Bytes.fromHex("02010c00d041030a00000000"),
          Bytes.fromHex("01010600021f"),
          Bytes.fromHex("03120a000000ffff0000"),
          Bytes.fromHex("04042000"),
          utf16("\\EFI\\BOOT.EFI\0"),
          Bytes.fromHex("7fff0400"));

  private TestEvents() {}

  public static Bytes utf16(String text) {
    return Bytes.copyOf(text.getBytes(StandardCharsets.UTF_16LE));
  }

  public static Bytes variable(EfiGuid vendor, String name, Bytes data) {
    return new UefiVariableData(vendor, name, data).encode();
  }

  static Bytes signature(String text) {
    return Bytes.concat(Bytes.utf8(text), Bytes.zeros(16 - text.length()));
  }

  public static Bytes database() {
    return SignatureList.encodeDatabase(
        List.of(
            SignatureList.x509(OWNER, CERTIFICATE),
            SignatureList.sha256(OWNER, HashAlgorithm.SHA256.digest(CERTIFICATE))));
  }

  public static Bytes loadOption() {
    return BinaryWriter.littleEndian()
        .u32(1)
        .u16(PATH.size())
        .bytes(utf16("Linux\0"))
        .bytes(PATH)
        .bytes(utf16("ro quiet"))
        .toBytes();
  }

  public static Bytes image() {
    return BinaryWriter.littleEndian()
        .u64(0x7f000000L)
        .u64(4096)
        .u64(0)
        .u64(PATH.size())
        .bytes(PATH)
        .toBytes();
  }

  public static Bytes gpt(int partitions) {
    var out = BinaryWriter.littleEndian().bytes(Bytes.utf8("EFI PART"));
    out.u32(0x10000).u32(92).u32(1).u32(0).u64(1).u64(999).u64(34).u64(966);
    out.bytes(EfiGuid.SHIM_LOCK.encode()).u64(2).u32(128).u32(128).u32(2).u64(partitions);
    for (int i = 0; i < partitions; i++) {
      out.bytes(EfiGuid.GLOBAL_VARIABLE.encode()).bytes(EfiGuid.SHIM_LOCK.encode());
      out.u64(34 + i).u64(40 + i).u64(0);
      out.bytes(utf16("part")).zeros(72 - 8);
    }
    return out.toBytes();
  }

  public static Bytes tag(long id, Bytes data) {
    return BinaryWriter.littleEndian().u32(id).u32(data.size()).bytes(data).toBytes();
  }

  public static Bytes handoff() {
    return BinaryWriter.littleEndian()
        .u64(1)
        .bytes(EfiGuid.GLOBAL_VARIABLE.encode())
        .u64(0x1000)
        .toBytes();
  }

  public static Bytes blob() {
    return BinaryWriter.littleEndian().u64(0xff000000L).u64(0x1000).toBytes();
  }

  static Bytes counted8(String text) {
    return BinaryWriter.littleEndian().u8(text.length()).bytes(Bytes.utf8(text)).toBytes();
  }

  public static Bytes platformId(int version) {
    var out =
        BinaryWriter.littleEndian()
            .bytes(signature("SP800-155 Event" + (version == 1 ? "" : version)))
            .u32(343)
            .bytes(EfiGuid.SHIM_LOCK.encode());
    if (version > 1) {
      out.bytes(counted8("Maker")).bytes(counted8("Model")).bytes(counted8("1"));
      out.bytes(counted8("Vendor")).u32(343).bytes(counted8("2.0"));
    }
    if (version > 2) {
      out.u32(1).u32(10).bytes(Bytes.utf8("https://a/")).u32(2).u32(PATH.size()).bytes(PATH);
    }
    return out.toBytes();
  }

  public static Bytes spdm1() {
    return BinaryWriter.littleEndian()
        .bytes(signature("SPDM Device Sec"))
        .u16(1)
        .u16(64)
        .u32(2)
        .u32(1)
        .bytes(measurement(1))
        .u64(PATH.size())
        .bytes(PATH)
        .bytes(pciContext())
        .toBytes();
  }

  private static Bytes measurement(int index) {
    return BinaryWriter.littleEndian()
        .u8(index)
        .u8(1)
        .u16(3)
        .bytes(Bytes.fromHex("aabbcc"))
        .toBytes();
  }

  private static Bytes pciContext() {
    return BinaryWriter.littleEndian()
        .u16(0)
        .u16(16)
        .u16(0x8086)
        .u16(0x1234)
        .u8(3)
        .bytes(Bytes.fromHex("000802"))
        .u16(1)
        .u16(2)
        .toBytes();
  }

  /** Sub header type 0: two measurement blocks; 1: a certificate chain. */
  public static Bytes spdm2(int type) {
    var content = BinaryWriter.littleEndian().u16(0x1200).u8(2).u8(0).u32(2);
    Bytes blocks = Bytes.concat(measurement(1), measurement(2));
    Bytes sub = content.bytes(type == 0 ? blocks : CERTIFICATE).toBytes();
    var body =
        BinaryWriter.littleEndian()
            .u32(1)
            .u32(type)
            .u32(sub.size())
            .u64(7)
            .u64(PATH.size())
            .bytes(PATH)
            .bytes(sub)
            .bytes(pciContext())
            .toBytes();
    return BinaryWriter.littleEndian()
        .bytes(Bytes.utf8("SPDM Device Sec2"))
        .u16(2)
        .u8(0)
        .u8(0)
        .u32(body.size())
        .bytes(body)
        .toBytes();
  }

  public static Bytes nvIndexInstance() {
    return Bytes.concat(signature("NvIndexInstance"), Bytes.fromHex("0100000000000000"), spdm2(1));
  }

  public static Bytes nvIndexDynamic() {
    return BinaryWriter.littleEndian()
        .bytes(signature("NvIndexDynamic "))
        .u16(1)
        .zeros(6)
        .u64(7)
        .u16(14)
        .bytes(Bytes.utf8("SPDM CHALLENGE"))
        .u16(2)
        .bytes(Bytes.fromHex("0102"))
        .toBytes();
  }

  public static Bytes hcrtmComponent() {
    return BinaryWriter.littleEndian()
        .bytes(signature("H-CRTM CompMeas"))
        .bytes(counted8("FSP-T"))
        .u8(0)
        .u16(2)
        .bytes(Bytes.fromHex("0102"))
        .toBytes();
  }

  public static Bytes legacySpecId(String signature) {
    return BinaryWriter.littleEndian()
        .bytes(signature(signature))
        .u32(0)
        .u8(2)
        .u8(1)
        .u8(1)
        .u8(2)
        .bytes(counted8("v"))
        .toBytes();
  }

  /** One valid event data for each kind, by type. */
  public static Map<String, TypedData> all() {
    Map<String, TypedData> all = new LinkedHashMap<>();
    noAction(all);
    variables(all);
    put(all, "separator", 0, TcgEventType.EV_SEPARATOR, Bytes.zeros(4));
    put(all, "action", 4, TcgEventType.EV_EFI_ACTION, Bytes.utf8("Returning from EFI Application"));
    put(all, "image", 4, TcgEventType.EV_EFI_BOOT_SERVICES_APPLICATION, image());
    put(all, "driver", 2, TcgEventType.EV_EFI_RUNTIME_SERVICES_DRIVER, image());
    put(all, "gpt", 5, TcgEventType.EV_EFI_GPT_EVENT, gpt(2));
    put(all, "gpt2", 5, TcgEventType.EV_EFI_GPT_EVENT2, gpt(1));
    put(all, "linux-tag", 9, TcgEventType.EV_EVENT_TAG, tag(0x8f3b22ecL, Bytes.utf8("initrd\0")));
    put(all, "stub-tag", 12, TcgEventType.EV_EVENT_TAG, tag(0x13aed6dbL, utf16("main\0")));
    var two = Bytes.concat(tag(1, Bytes.utf8("a")), tag(2, Bytes.empty()));
    put(all, "two-tags", 6, TcgEventType.EV_EVENT_TAG, two);
    put(all, "handoff", 1, TcgEventType.EV_EFI_HANDOFF_TABLES, handoff());
    put(
        all,
        "handoff2",
        1,
        TcgEventType.EV_EFI_HANDOFF_TABLES2,
        Bytes.concat(counted8("T"), handoff()));
    put(all, "blob", 0, TcgEventType.EV_EFI_PLATFORM_FIRMWARE_BLOB, blob());
    put(
        all,
        "blob2",
        0,
        TcgEventType.EV_EFI_PLATFORM_FIRMWARE_BLOB2,
        Bytes.concat(counted8("Fv"), blob()));
    put(all, "post-code", 0, TcgEventType.EV_POST_CODE, blob());
    put(all, "post-code-text", 0, TcgEventType.EV_POST_CODE, Bytes.utf8("ACPI DATA"));
    put(all, "post-code2", 0, TcgEventType.EV_POST_CODE2, Bytes.concat(counted8("Fv"), blob()));
    put(all, "version-text", 0, TcgEventType.EV_S_CRTM_VERSION, utf16("1.0\0"));
    put(all, "version-guid", 0, TcgEventType.EV_S_CRTM_VERSION, EfiGuid.SHIM_LOCK.encode());
    put(all, "spdm1", 2, TcgEventType.EV_EFI_SPDM_FIRMWARE_BLOB, spdm1());
    put(all, "spdm2", 3, TcgEventType.EV_EFI_SPDM_FIRMWARE_CONFIG, spdm2(0));
    put(all, "hcrtm", 0, TcgEventType.EV_EFI_HCRTM_EVENT, Bytes.utf8("HCRTM"));
    put(all, "microcode", 1, TcgEventType.EV_CPU_MICROCODE, Bytes.fromHex("0102"));
    put(all, "flags", 1, TcgEventType.EV_PLATFORM_CONFIG_FLAGS, Bytes.fromHex("ff01"));
    put(all, "compact", 6, TcgEventType.EV_COMPACT_HASH, Bytes.utf8("Configuration 1"));
    put(all, "grub", 8, TcgEventType.EV_IPL, Bytes.utf8("grub_cmd: set root=(hd0)\0"));
    put(all, "file", 9, TcgEventType.EV_IPL, Bytes.utf8("/boot/vmlinuz\0"));
    put(all, "section", 11, TcgEventType.EV_IPL, utf16(".linux\0"));
    put(all, "mok", 14, TcgEventType.EV_IPL, Bytes.utf8("MokList\0"));
    return all;
  }

  private static void noAction(Map<String, TypedData> all) {
    var type = TcgEventType.EV_NO_ACTION;
    put(all, "locality", 0, type, TestLog.localityEvent(3));
    put(all, "platform1", 0, type, platformId(1));
    put(all, "platform2", 0, type, platformId(2));
    put(all, "platform3", 0, type, platformId(3));
    put(all, "nv-instance", 6, type, nvIndexInstance());
    put(all, "nv-dynamic", 6, type, nvIndexDynamic());
    put(all, "hcrtm-component", 0, type, hcrtmComponent());
    put(all, "spec-id-00", 0, type, legacySpecId("Spec ID Event00"));
    put(all, "spec-id-02", 0, type, legacySpecId("Spec ID Event02"));
  }

  private static void variables(Map<String, TypedData> all) {
    var config = TcgEventType.EV_EFI_VARIABLE_DRIVER_CONFIG;
    var boot = TcgEventType.EV_EFI_VARIABLE_BOOT;
    var authority = TcgEventType.EV_EFI_VARIABLE_AUTHORITY;
    var global = EfiGuid.GLOBAL_VARIABLE;
    var image = EfiGuid.IMAGE_SECURITY_DATABASE;
    var shim = EfiGuid.SHIM_LOCK;
    put(all, "secure-boot", 7, config, variable(global, "SecureBoot", Bytes.fromHex("01")));
    put(all, "deployed", 1, config, variable(global, "DeployedMode", Bytes.fromHex("00")));
    put(all, "db", 7, config, variable(image, "db", database()));
    put(all, "dbx", 7, config, variable(image, "dbx", Bytes.empty()));
    put(all, "order", 1, boot, variable(global, "BootOrder", Bytes.fromHex("01000a00")));
    put(all, "boot", 1, boot, variable(global, "Boot000A", loadOption()));
    put(
        all,
        "boot2",
        1,
        TcgEventType.EV_EFI_VARIABLE_BOOT2,
        variable(global, "Boot000A", loadOption()));
    var entry = new SignatureData(OWNER, CERTIFICATE).encode();
    put(all, "authority", 7, authority, variable(image, "db", entry));
    put(all, "bare", 7, authority, variable(shim, "Shim", CERTIFICATE));
    put(all, "trusted", 7, authority, variable(shim, "MokListTrusted", Bytes.fromHex("01")));
    put(
        all,
        "sbat",
        7,
        authority,
        variable(shim, "SbatLevel", Bytes.utf8("sbat,1,2023\nshim,4\n")));
  }

  /** Event data with its type and PCR. */
  public record TypedData(int pcr, TcgEventType type, Bytes data) {
    public TcgPcrEvent2 event() {
      return new TcgPcrEvent2(
          1, 0, pcr, type, List.of(EventDigest.of(HashAlgorithm.SHA256.digest(data))), data);
    }
  }

  private static void put(
      Map<String, TypedData> all, String name, int pcr, TcgEventType type, Bytes data) {
    all.put(name, new TypedData(pcr, type, data));
  }

  /** What one of {@link #all} says. */
  public static EventData decoded(String name) {
    return Objects.requireNonNull(all().get(name)).event().untrustedData();
  }

  /** Each event in a log of its own. */
  public static Map<String, Bytes> logs() {
    Map<String, Bytes> logs = new LinkedHashMap<>();
    all().entrySet().stream()
        .filter(entry -> !isHead(entry.getValue()))
        .forEach(entry -> logs.put(entry.getKey(), log(entry.getValue())));
    return logs;
  }

  /** The head of an old log stands in no other. */
  public static boolean isHead(TypedData data) {
    return data.data().startsWith(Bytes.utf8("Spec ID Event0"));
  }

  private static Bytes log(TypedData data) {
    var log = TestLog.agile();
    boolean extended = data.type() != TcgEventType.EV_NO_ACTION;
    Digest[] digests = {
      extended ? HashAlgorithm.SHA1.digest(data.data()) : Digest.zero(HashAlgorithm.SHA1),
      extended ? HashAlgorithm.SHA256.digest(data.data()) : Digest.zero(HashAlgorithm.SHA256)
    };
    return log.raw(TestLog.event(data.pcr(), data.type().value(), data.data(), digests)).build();
  }

  /** A log of one action. */
  public static Bytes action(String text) {
    return TestLog.agile().measured(4, TcgEventType.EV_EFI_ACTION, Bytes.utf8(text)).build();
  }
}
