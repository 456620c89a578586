// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.key;

import dev.trustme.bytes.FormatException;
import dev.trustme.key.KeyReference.KeyPath;
import dev.trustme.key.KeyReference.Pkcs11;
import dev.trustme.key.KeyReference.Pkcs12;
import dev.trustme.key.KeyReference.TpmFile;
import dev.trustme.key.KeyReference.TpmHandle;
import dev.trustme.tss.Tcti;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;

/** The grammar of {@link KeyReference}. */
final class KeyReferenceReader {
  static final String ALIAS = "?alias=";
  private static final String TCTI = "tcti=";
  private static final String PASS = "pass";

  private static final long FIRST_PERSISTENT = 0x81000000L;
  private static final long LAST_PERSISTENT = 0x81ffffffL;
  private static final Pattern SCHEME = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]*");
  private static final Pattern HANDLE = Pattern.compile("0[xX][0-9a-fA-F]{1,16}");
  private static final int MAX_ALIAS = 256;

  private KeyReferenceReader() {}

  static KeyReference read(String text) throws FormatException {
    int colon = text.indexOf(':');
    if (colon < 0 || !SCHEME.matcher(text.substring(0, colon)).matches()) {
      return new KeyPath(path(text, 0));
    }
    int from = colon + 1;
    return switch (text.substring(0, colon)) {
      case "file" -> new KeyPath(path(text, from));
      case "pkcs12" -> pkcs12(text, from);
      case "pkcs11" -> new Pkcs11(Pkcs11Uri.parse(text));
      case "tpm2" -> tpm2(text, from);
      default ->
          throw malformed(
              0,
              "expected file:, pkcs12:, pkcs11: or tpm2:, found '%s:'; a file of this name is"
                      .formatted(text.substring(0, colon))
                  + " written file:"
                  + text);
    };
  }

  static boolean persistent(long handle) {
    return handle >= FIRST_PERSISTENT && handle <= LAST_PERSISTENT;
  }

  private static FormatException malformed(int offset, String problem) {
    return new FormatException("key reference", offset, problem);
  }

  private static Path path(String text, int from) throws FormatException {
    return path(text, from, text.length());
  }

  private static Path path(String text, int from, int to) throws FormatException {
    if (from == to) {
      throw malformed(from, "expected a file name");
    }
    for (int i = from; i < to; i++) {
      if (Character.isISOControl(text.charAt(i))) {
        throw malformed(i, "a control character in a file name");
      }
    }
    try {
      return Path.of(text.substring(from, to));
    } catch (InvalidPathException e) {
      throw malformed(from, "is no file name here");
    }
  }

  private static Pkcs12 pkcs12(String text, int from) throws FormatException {
    int query = text.indexOf('?', from);
    if (query < 0) {
      return new Pkcs12(path(text, from), Optional.empty());
    }
    String alias = value(text, query, ALIAS);
    if (alias.length() > MAX_ALIAS || alias.chars().anyMatch(Character::isISOControl)) {
      throw malformed(query, "an alias is printable and of at most 256 characters");
    }
    return new Pkcs12(path(text, from, query), Optional.of(alias));
  }

  private static KeyReference tpm2(String text, int from) throws FormatException {
    int query = text.indexOf('?', from);
    int end = query < 0 ? text.length() : query;
    String where = text.substring(from, end);
    boolean isHandle = HANDLE.matcher(where).matches();
    boolean pass = false;
    var tcti = Tcti.DEFAULT;
    if (query >= 0) {
      String rest = text.substring(query + 1);
      pass = isHandle && (rest.equals(PASS) || rest.startsWith(PASS + "&"));
      if (!pass || !rest.equals(PASS)) {
        tcti = tcti(pass ? rest.substring(PASS.length() + 1) : rest, query);
      }
    }
    return isHandle
        ? new TpmHandle(handle(where, from), pass, tcti)
        : new TpmFile(path(text, from, end), tcti);
  }

  private static Tcti tcti(String rest, int query) throws FormatException {
    if (!rest.startsWith(TCTI) || rest.length() == TCTI.length()) {
      throw malformed(query, "expected ?tcti=…, or for a handle ?pass or ?pass&tcti=…");
    }
    return Tcti.parse(rest.substring(TCTI.length()));
  }

  private static long handle(String text, int from) throws FormatException {
    long handle = Long.parseUnsignedLong(text.substring(2), 16);
    if (!persistent(handle)) {
      throw malformed(from, "expected a persistent handle, 0x81000000 to 0x81ffffff");
    }
    return handle;
  }

  /** What follows the handle or path of a TPM's key. */
  static String tail(boolean pass, Tcti tcti) {
    String where = tcti.equals(Tcti.DEFAULT) ? "" : TCTI + tcti.configuration();
    if (pass) {
      return "?" + PASS + (where.isEmpty() ? "" : "&" + where);
    }
    return where.isEmpty() ? "" : "?" + where;
  }

  /** What follows the only attribute that is allowed here; it is not empty. */
  private static String value(String text, int query, String attribute) throws FormatException {
    if (!text.startsWith(attribute, query) || text.length() == query + attribute.length()) {
      throw malformed(query, "expected %sVALUE and nothing else".formatted(attribute));
    }
    return text.substring(query + attribute.length());
  }
}
