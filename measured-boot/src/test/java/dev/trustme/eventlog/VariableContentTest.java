// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.eventlog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.eventlog.EventData.UefiVariable;
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
import dev.trustme.uefi.SignatureData;
import dev.trustme.uefi.UefiVariableData;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A variable means something only under its own vendor's GUID. */
class VariableContentTest {
  private static final EfiGuid GLOBAL = EfiGuid.GLOBAL_VARIABLE;
  private static final EfiGuid IMAGE = EfiGuid.IMAGE_SECURITY_DATABASE;
  private static final EfiGuid SHIM = EfiGuid.SHIM_LOCK;
  private static final Bytes ON = Bytes.fromHex("01");

  private static UefiVariable variable(EfiGuid vendor, String name, Bytes data) {
    return new UefiVariable(new UefiVariableData(vendor, name, data), Bytes.empty());
  }

  private static VariableContent content(EfiGuid vendor, String name, Bytes data) {
    return variable(vendor, name, data).content();
  }

  @Test
  void decodesSwitches() {
    for (String name : List.of("SecureBoot", "SetupMode", "AuditMode", "DeployedMode")) {
      assertEquals(new Flag(true), content(GLOBAL, name, ON));
      assertEquals(new Flag(false), content(GLOBAL, name, Bytes.zeros(1)));
      assertEquals(new Absent(), content(GLOBAL, name, Bytes.empty()));
      assertInstanceOf(Malformed.class, content(GLOBAL, name, Bytes.fromHex("02")));
      assertInstanceOf(Malformed.class, content(GLOBAL, name, Bytes.fromHex("0100")));
      assertEquals(new Raw(ON), content(SHIM, name, ON));
    }
    assertEquals(new Flag(true), content(SHIM, "MokListTrusted", ON));
    assertEquals(new Flag(true), variable(SHIM, "MokListTrusted", ON).authority());
    assertEquals(new Raw(ON), content(GLOBAL, "MokListTrusted", ON));
  }

  @Test
  void decodesDatabases() {
    Bytes database = TestEvents.database();
    for (String name : List.of("PK", "KEK")) {
      assertInstanceOf(SignatureDatabase.class, content(GLOBAL, name, database));
      assertInstanceOf(Raw.class, content(IMAGE, name, database));
    }
    for (String name : List.of("db", "dbx", "dbt", "dbr")) {
      assertInstanceOf(SignatureDatabase.class, content(IMAGE, name, database));
      assertInstanceOf(Raw.class, content(GLOBAL, name, database));
    }
    for (String name : List.of("MokList", "MokListX", "vendor_db")) {
      assertInstanceOf(SignatureDatabase.class, content(SHIM, name, database));
    }
    Bytes cut = database.slice(0, database.size() - 1);
    assertInstanceOf(Malformed.class, content(IMAGE, "db", cut));
  }

  @Test
  void decodesAuthorities() {
    Bytes der = Bytes.concat(Bytes.fromHex("30820100"), Bytes.zeros(256));
    var certificate = new SignatureData(SHIM, der);
    assertEquals(
        new Authority(certificate), variable(IMAGE, "db", certificate.encode()).authority());
    var hash = new SignatureData(SHIM, HashAlgorithm.SHA256.digest(der).value());
    assertEquals(new Authority(hash), variable(IMAGE, "db", hash.encode()).authority());
    assertEquals(new BareCertificate(der), variable(SHIM, "Shim", der).authority());
    assertInstanceOf(
        SignatureDatabase.class, variable(SHIM, "vendor_db", TestEvents.database()).authority());
    var odd = new SignatureData(SHIM, Bytes.fromHex("01"));
    assertEquals(new Authority(odd), variable(IMAGE, "db", odd.encode()).authority());
    assertInstanceOf(Malformed.class, variable(IMAGE, "db", Bytes.fromHex("3082")).authority());
    assertInstanceOf(Raw.class, variable(GLOBAL, "db", certificate.encode()).authority());
  }

  @Test
  void decodesBootVariables() {
    assertEquals(
        new BootOrder(List.of(1, 10)), content(GLOBAL, "BootOrder", Bytes.fromHex("01000a00")));
    assertInstanceOf(Malformed.class, content(GLOBAL, "BootOrder", Bytes.fromHex("010000")));
    assertEquals(new BootOrder(List.of(3)), content(GLOBAL, "BootNext", Bytes.fromHex("0300")));
    Bytes option = TestEvents.loadOption();
    for (String name : List.of("Boot0001", "Boot00AF", "Driver0000", "SysPrep0001")) {
      assertInstanceOf(BootOption.class, content(GLOBAL, name, option));
    }
    for (String name : List.of("Boot001", "Boot000g", "Boot00011", "boot0001", "Boot000a")) {
      assertInstanceOf(Raw.class, content(GLOBAL, name, option));
    }
    assertInstanceOf(Malformed.class, content(GLOBAL, "Boot0001", option.slice(0, 9)));
  }

  @Test
  void decodesSbatLevels() {
    var text = "sbat,1,2023012900\nshim,2\n";
    assertEquals(new SbatLevel(text), content(SHIM, "SbatLevel", Bytes.utf8(text)));
    assertEquals(new SbatLevel(text), variable(SHIM, "SbatLevel", Bytes.utf8(text)).authority());
    assertInstanceOf(Malformed.class, content(SHIM, "SbatLevel", Bytes.fromHex("ff")));
  }
}
