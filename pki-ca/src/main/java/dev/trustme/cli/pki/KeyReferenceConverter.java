// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cli.pki;

import dev.trustme.bytes.FormatException;
import dev.trustme.key.KeyReference;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A key reference on a command line. */
public final class KeyReferenceConverter implements ITypeConverter<KeyReference> {
  @Override
  public KeyReference convert(String text) {
    try {
      return KeyReference.parse(text);
    } catch (FormatException e) {
      throw new TypeConversionException(e.problem());
    }
  }
}
