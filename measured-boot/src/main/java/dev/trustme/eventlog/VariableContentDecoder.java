// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.eventlog;

import dev.trustme.bytes.BinaryReader;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.eventlog.VariableContent.Absent;
import dev.trustme.eventlog.VariableContent.Authority;
import dev.trustme.eventlog.VariableContent.BareCertificate;
import dev.trustme.eventlog.VariableContent.BootOption;
import dev.trustme.eventlog.VariableContent.BootOrder;
import dev.trustme.eventlog.VariableContent.Flag;
import dev.trustme.eventlog.VariableContent.Malformed;
import dev.trustme.eventlog.VariableContent.Raw;
import dev.trustme.eventlog.VariableContent.SbatLevel;
import dev.trustme.eventlog.VariableContent.SignatureDatabase;
import dev.trustme.uefi.EfiGuid;
import dev.trustme.uefi.EfiLoadOption;
import dev.trustme.uefi.SignatureData;
import dev.trustme.uefi.SignatureList;
import dev.trustme.uefi.UefiVariableData;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Decodes a variable by vendor and name. UEFI 2.10, 3.3 and 32.6.1; shim, MokVars.txt. */
final class VariableContentDecoder {
  private static final Set<String> GLOBAL_FLAGS =
      Set.of(
          "SecureBoot",
          "SetupMode",
          "AuditMode",
          "DeployedMode",
          "VendorKeys",
          "SignatureSupportFlag");
  private static final Set<String> GLOBAL_DATABASES =
      Set.of("PK", "KEK", "PKDefault", "KEKDefault", "dbDefault", "dbxDefault", "dbtDefault");
  private static final Set<String> IMAGE_DATABASES = Set.of("db", "dbx", "dbt", "dbr", "devdb");
  private static final Set<String> SHIM_FLAGS =
      Set.of(
          "MokListTrusted",
          "MokListTrustedRT",
          "MokSBState",
          "MokSBStateRT",
          "MokDBState",
          "MokIgnoreDB",
          "MokPolicy",
          "MokPolicyRT");
  private static final Set<String> SHIM_DATABASES =
      Set.of("MokList", "MokListRT", "MokListX", "MokListXRT", "vendor_db", "vendor_dbx", "Shim");
  private static final Set<String> SBAT_LEVELS = Set.of("SbatLevel", "SbatLevelRT", "SBAT");
  private static final Pattern OPTION =
      Pattern.compile("(Boot|Driver|SysPrep|PlatformRecovery|OsRecovery)[0-9A-F]{4}");
  private static final Set<String> ORDERS =
      Set.of("BootOrder", "BootNext", "BootCurrent", "DriverOrder", "SysPrepOrder");
  private static final Set<Integer> HASH_SIZES = Set.of(20, 32, 48, 64);
  private static final int DER_SEQUENCE = 0x30;
  private static final int DER_TWO_LENGTH_BYTES = 0x82;

  private VariableContentDecoder() {}

  static VariableContent variable(UefiVariableData variable) {
    Bytes data = variable.variableData();
    if (data.isEmpty()) {
      return new Absent();
    }
    try {
      return known(variable, data);
    } catch (FormatException e) {
      return new Malformed(data, "%s: %s".formatted(e.structure(), e.problem()));
    }
  }

  private static VariableContent known(UefiVariableData variable, Bytes data)
      throws FormatException {
    String name = variable.unicodeName();
    EfiGuid vendor = variable.variableName();
    if (isFlag(vendor, name)) {
      return flag(data);
    }
    if (isDatabase(vendor, name)) {
      return new SignatureDatabase(SignatureList.parseDatabase(data));
    }
    if (vendor.equals(EfiGuid.SHIM_LOCK) && SBAT_LEVELS.contains(name)) {
      return sbatLevel(data);
    }
    if (vendor.equals(EfiGuid.GLOBAL_VARIABLE) && ORDERS.contains(name)) {
      return bootOrder(data);
    }
    if (vendor.equals(EfiGuid.GLOBAL_VARIABLE) && OPTION.matcher(name).matches()) {
      return new BootOption(EfiLoadOption.parse(data));
    }
    return new Raw(data);
  }

  /** An authority names a database and holds one entry of it; shim's switches are as above. */
  static VariableContent authority(UefiVariableData variable) {
    Bytes data = variable.variableData();
    if (data.isEmpty() || !isDatabase(variable.variableName(), variable.unicodeName())) {
      return variable(variable);
    }
    if (isDer(data)) {
      return new BareCertificate(data);
    }
    try {
      var entry = SignatureData.parse(data);
      if (isDer(entry.signatureData()) || HASH_SIZES.contains(entry.signatureData().size())) {
        return new Authority(entry);
      }
      return wholeDatabase(data).orElse(new Authority(entry));
    } catch (FormatException e) {
      return new Malformed(data, "%s: %s".formatted(e.structure(), e.problem()));
    }
  }

  /** Some versions of shim log the whole of vendor_db. */
  private static Optional<VariableContent> wholeDatabase(Bytes data) {
    try {
      return Optional.of(new SignatureDatabase(SignatureList.parseDatabase(data)));
    } catch (FormatException e) {
      return Optional.empty();
    }
  }

  private static boolean isFlag(EfiGuid vendor, String name) {
    return (vendor.equals(EfiGuid.GLOBAL_VARIABLE) && GLOBAL_FLAGS.contains(name))
        || (vendor.equals(EfiGuid.SHIM_LOCK) && SHIM_FLAGS.contains(name));
  }

  private static boolean isDatabase(EfiGuid vendor, String name) {
    return (vendor.equals(EfiGuid.GLOBAL_VARIABLE) && GLOBAL_DATABASES.contains(name))
        || (vendor.equals(EfiGuid.IMAGE_SECURITY_DATABASE) && IMAGE_DATABASES.contains(name))
        || (vendor.equals(EfiGuid.SHIM_LOCK) && SHIM_DATABASES.contains(name));
  }

  private static VariableContent flag(Bytes data) {
    return data.size() == 1 && data.at(0) <= 1
        ? new Flag(data.at(0) == 1)
        : new Malformed(data, "expected one byte, 00 or 01");
  }

  private static VariableContent bootOrder(Bytes data) throws FormatException {
    var reader = BinaryReader.littleEndian(data, "BootOrder");
    List<Integer> options = new ArrayList<>();
    while (reader.hasRemaining()) {
      options.add(reader.u16());
    }
    return new BootOrder(options);
  }

  private static VariableContent sbatLevel(Bytes data) {
    return Texts.strict(data, StandardCharsets.US_ASCII)
        .<VariableContent>map(SbatLevel::new)
        .orElseGet(() -> new Malformed(data, "is not US-ASCII"));
  }

  /** A DER sequence of 256 to 65,535 bytes and nothing after it, as every X.509 certificate is. */
  private static boolean isDer(Bytes data) {
    return data.size() > 4
        && data.at(0) == DER_SEQUENCE
        && data.at(1) == DER_TWO_LENGTH_BYTES
        && (data.at(2) << 8 | data.at(3)) + 4 == data.size();
  }
}
