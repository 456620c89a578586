// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.predict;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.uefi.EfiGuid;
import dev.trustme.uefi.PeImage;
import dev.trustme.uefi.SignatureList;
import dev.trustme.uefi.TestPe;

/** A boot whose every input can be changed. */
record TestBoot(String stub, String cmdline, Bytes initrd, SecureBootVariables variables) {
  private static final EfiGuid OWNER = EfiGuid.SHIM_LOCK;
  static final SignatureList AUTHORITY = SignatureList.x509(OWNER, Bytes.utf8("certificate"));

  static TestBoot usual() {
    return new TestBoot(
        "252.39-1~deb12u2",
        "quiet",
        Bytes.utf8("initrd"),
        new SecureBootVariables(
            SignatureList.x509(OWNER, Bytes.utf8("PK")).encode(),
            SignatureList.x509(OWNER, Bytes.utf8("KEK")).encode(),
            AUTHORITY.encode(),
            Bytes.empty()));
  }

  TestBoot withStub(String version) {
    return new TestBoot(version, cmdline, initrd, variables);
  }

  TestBoot withCmdline(String text) {
    return new TestBoot(stub, text, initrd, variables);
  }

  TestBoot withInitrd(Bytes content) {
    return new TestBoot(stub, cmdline, content, variables);
  }

  TestBoot withDb(Bytes db) {
    return new TestBoot(
        stub,
        cmdline,
        initrd,
        new SecureBootVariables(variables.pk(), variables.kek(), db, variables.dbx()));
  }

  TestBoot withDbx(Bytes dbx) {
    return new TestBoot(
        stub,
        cmdline,
        initrd,
        new SecureBootVariables(variables.pk(), variables.kek(), variables.db(), dbx));
  }

  TestPe image() {
    return TestPe.uki(stub)
        .section(".cmdline", cmdline)
        .section(".initrd", initrd)
        .section(".linux", "kernel");
  }

  BootDescription describe() throws FormatException {
    return describe(TestPe.signed(image().build()));
  }

  BootDescription describe(Bytes uki) throws FormatException {
    return BootDescription.directUki(
        PeImage.parse(uki), variables, AUTHORITY.signatures().getFirst());
  }
}
