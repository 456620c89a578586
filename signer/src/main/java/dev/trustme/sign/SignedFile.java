// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.sign;

import dev.trustme.artifact.ModuleCompression;
import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import java.nio.file.Path;
import java.util.List;

/** A file that carries its signatures within itself, so that they can be taken out and put in. */
public sealed interface SignedFile permits ProgramFile, ModuleFile {
  /** A kernel module if it is called like one (.ko, .ko.gz, .ko.xz, .ko.zst), else a program. */
  static SignedFile read(Path name, Bytes file) throws FormatException {
    var module = ModuleCompression.of(name.toString());
    return module.isPresent() ? ModuleFile.read(module.get(), file) : ProgramFile.read(file);
  }

  /** The signatures that it carries, first to last: PKCS#7 as DER. */
  List<Bytes> signatures();

  /** The file with exactly these signatures, in the form that it had. */
  Bytes with(List<Bytes> signatures);

  /** What it is, for people. */
  String described() throws FormatException;
}
