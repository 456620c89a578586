// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.pki;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import dev.trustme.cli.CommandFailure;
import dev.trustme.files.Inputs;
import dev.trustme.secureboot.KeyDatabase;
import dev.trustme.secureboot.KeyFileContent;
import dev.trustme.trust.Certificates;
import dev.trustme.uefi.EfiGuid;
import dev.trustme.uefi.OvmfVariableStore;
import dev.trustme.uefi.SignatureVariable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.bouncycastle.cert.X509CertificateHolder;

/** Reads the files that the secure-boot verbs take; errors name the file. */
final class SecureBootFiles {
  static final long MAX_BYTES = 64L << 20;

  private SecureBootFiles() {}

  static KeyFileContent read(Path file) throws IOException, FormatException {
    try {
      return KeyFileContent.parse(Inputs.read(file, MAX_BYTES));
    } catch (FormatException e) {
      throw e.in(file.toString());
    }
  }

  static OvmfVariableStore store(Path file) throws IOException, FormatException {
    try {
      return OvmfVariableStore.parse(Inputs.read(file, MAX_BYTES));
    } catch (FormatException e) {
      throw e.in(file.toString());
    }
  }

  /** The database in a file; of a store that of the variable, which must be there. */
  static KeyDatabase database(Path file, SignatureVariable variable)
      throws IOException, FormatException {
    try {
      return read(file)
          .database(variable)
          .orElseThrow(() -> CommandFailure.usage(file + ": holds no variable " + variable));
    } catch (FormatException e) {
      throw e.in(file.toString());
    }
  }

  /** A file with at least one entry. */
  static KeyDatabase entries(Path file, SignatureVariable variable)
      throws IOException, FormatException {
    var database = database(file, variable);
    if (database.isEmpty()) {
      throw new FormatException("EFI_SIGNATURE_LIST", 0, "is empty").in(file.toString());
    }
    return database;
  }

  static List<X509CertificateHolder> certificates(Path file) throws IOException, FormatException {
    try {
      return Certificates.parse(Inputs.read(file, MAX_BYTES));
    } catch (FormatException e) {
      throw e.in(file.toString());
    }
  }

  /** PEM, or DER with a length of two bytes: no signature list begins so. */
  static boolean looksLikeCertificate(Bytes content) {
    return content.startsWith(Bytes.utf8("-----BEGIN"))
        || content.startsWith(Bytes.fromHex("3082"));
  }

  static SignatureVariable variable(String name) {
    return SignatureVariable.byName(name)
        .orElseThrow(() ->
            CommandFailure.usage(
                "'%s' is no variable with signature lists; there are %s"
                    .formatted(
                        name,
                        Arrays.stream(SignatureVariable.values())
                            .map(SignatureVariable::name)
                            .collect(Collectors.joining(", ")))));
  }

  /** A variable that signed updates change. */
  static SignatureVariable updated(String name) {
    var variable = variable(name);
    if (!variable.authenticated()) {
      throw CommandFailure.usage(
          "%s is not changed by signed updates, but by shim: mokutil, or 'secure-boot edit'"
              .formatted(name));
    }
    return variable;
  }

  static EfiGuid guid(String text) {
    try {
      return EfiGuid.parse(text);
    } catch (FormatException e) {
      throw CommandFailure.usage("--owner: " + e.problem());
    }
  }
}
