// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.key;

import dev.trustme.bytes.Bytes;
import dev.trustme.bytes.FormatException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * RFC 7512: which module, which token, which private key. Attributes that are absent match
 * anything. Stricter than the RFC: an unknown attribute, a PIN in the text, and a type other than
 * {@code private} are malformed, as each would make the reference mean something else than its
 * writer thought.
 */
public final class Pkcs11Uri {
  private static final String SCHEME = "pkcs11:";
  private static final int MAX_LENGTH = 4096;

  /** The attributes that may appear, RFC 7512 2.3, in the order in which they are written. */
  public enum Attribute {
    LIBRARY_MANUFACTURER("library-manufacturer", false),
    LIBRARY_DESCRIPTION("library-description", false),
    LIBRARY_VERSION("library-version", false),
    SLOT_MANUFACTURER("slot-manufacturer", false),
    SLOT_DESCRIPTION("slot-description", false),
    SLOT_ID("slot-id", false),
    MODEL("model", false),
    MANUFACTURER("manufacturer", false),
    SERIAL("serial", false),
    TOKEN("token", false),
    ID("id", false),
    OBJECT("object", false),
    TYPE("type", false),
    PIN_SOURCE("pin-source", true),
    MODULE_NAME("module-name", true),
    MODULE_PATH("module-path", true);

    private final String label;
    private final boolean query;

    Attribute(String label, boolean query) {
      this.label = label;
      this.query = query;
    }

    /** The name in the URI. */
    public String label() {
      return label;
    }
  }

  private final Map<Attribute, Bytes> values;

  private Pkcs11Uri(Map<Attribute, Bytes> values) {
    this.values = values;
  }

  public static Pkcs11Uri parse(String text) throws FormatException {
    if (text.length() > MAX_LENGTH) {
      throw malformed(MAX_LENGTH, "is longer than %d characters".formatted(MAX_LENGTH));
    }
    if (!text.startsWith(SCHEME)) {
      throw malformed(0, "expected pkcs11:");
    }
    Map<Attribute, Bytes> values = new EnumMap<>(Attribute.class);
    int mark = text.indexOf('?');
    int end = mark < 0 ? text.length() : mark;
    readAll(text, SCHEME.length(), end, false, values);
    if (mark >= 0) {
      readAll(text, mark + 1, text.length(), true, values);
    }
    var uri = new Pkcs11Uri(values);
    uri.check();
    return uri;
  }

  private static void readAll(
      String text, int from, int to, boolean query, Map<Attribute, Bytes> values)
      throws FormatException {
    char separator = query ? '&' : ';';
    for (int at = from; at < to || query; ) {
      int next = text.indexOf(separator, at);
      int end = next < 0 || next > to ? to : next;
      readOne(text, at, end, query, values);
      if (end == to) {
        return;
      }
      at = end + 1;
      if (at == to) {
        throw malformed(at, "expected another attribute after '%c'".formatted(separator));
      }
    }
  }

  private static void readOne(
      String text, int from, int to, boolean query, Map<Attribute, Bytes> values)
      throws FormatException {
    int equals = text.indexOf('=', from);
    if (equals < 0 || equals >= to) {
      throw malformed(from, "expected NAME=VALUE");
    }
    var attribute = attribute(text.substring(from, equals), from, query);
    if (values.put(attribute, decode(text, equals + 1, to, query)) != null) {
      throw malformed(from, attribute.label + " stands twice");
    }
  }

  private static Attribute attribute(String name, int offset, boolean query)
      throws FormatException {
    if (name.equals("pin-value")) {
      throw malformed(
          offset, "a PIN does not belong into a reference; use pin-source, or wait to be asked");
    }
    return Arrays.stream(Attribute.values())
        .filter(a -> a.label.equals(name) && a.query == query)
        .findFirst()
        .orElseThrow(() ->
            malformed(offset, "'%s' is no %s attribute".formatted(name, query ? "query" : "path")));
  }

  private static Bytes decode(String text, int from, int to, boolean query) throws FormatException {
    var decoded = new byte[to - from];
    int size = 0;
    for (int i = from; i < to; i++) {
      char c = text.charAt(i);
      if (c == '%') {
        decoded[size++] = (byte) hex(text, i, to);
        i += 2;
      } else if (allowed(c, query)) {
        decoded[size++] = (byte) c;
      } else {
        throw malformed(i, "this character is written with %");
      }
    }
    return Bytes.copyOf(Arrays.copyOf(decoded, size));
  }

  private static int hex(String text, int at, int to) throws FormatException {
    int high = at + 1 < to ? Character.digit(text.charAt(at + 1), 16) : -1;
    int low = at + 2 < to ? Character.digit(text.charAt(at + 2), 16) : -1;
    if (high < 0 || low < 0 || text.charAt(at + 1) > 'f' || text.charAt(at + 2) > 'f') {
      throw malformed(at, "expected two hexadecimal digits after %");
    }
    return high << 4 | low;
  }

  /** RFC 7512 2.3: pk11-pchar and pk11-qchar without the percent encoding. */
  private static boolean allowed(char c, boolean query) {
    boolean unreserved =
        c >= 'a' && c <= 'z'
            || c >= 'A' && c <= 'Z'
            || c >= '0' && c <= '9'
            || "-._~".indexOf(c) >= 0;
    return unreserved || ":[]@!$'()*+,=".indexOf(c) >= 0 || (query ? "/?|" : "&").indexOf(c) >= 0;
  }

  /** What holds between the attributes. */
  private void check() throws FormatException {
    for (Attribute attribute : values.keySet()) {
      if (attribute != Attribute.ID) {
        var unused = text(attribute);
      }
    }
    if (!text(Attribute.TYPE).orElse("private").equals("private")) {
      throw malformed(0, "expected type=private: only a private key signs");
    }
    if (values.containsKey(Attribute.MODULE_NAME) == values.containsKey(Attribute.MODULE_PATH)) {
      throw malformed(0, "expected one of ?module-path=/…/lib….so and ?module-name=…");
    }
    if (!modulePath().map(Path::isAbsolute).orElse(true)) {
      throw malformed(0, "module-path is absolute: it names code to run");
    }
    if (text(Attribute.MODULE_NAME).orElse("x").contains("/")) {
      throw malformed(0, "module-name is a name without a folder");
    }
    var unused = slotId();
    var unusedToo = pinFile();
  }

  /** The attribute as text; one that is no UTF-8, or has a control character, is malformed. */
  public Optional<String> text(Attribute attribute) throws FormatException {
    var value = values.get(attribute);
    if (value == null) {
      return Optional.empty();
    }
    try {
      String text =
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(value.toArray())).toString();
      if (text.chars().noneMatch(Character::isISOControl)) {
        return Optional.of(text);
      }
    } catch (CharacterCodingException e) {
      // Said below.
    }
    throw malformed(0, attribute.label + " is no text");
  }

  /** CKA_ID. */
  public Optional<Bytes> id() {
    return Optional.ofNullable(values.get(Attribute.ID));
  }

  /** The slot's number in this module. */
  public OptionalLong slotId() throws FormatException {
    var text = text(Attribute.SLOT_ID);
    if (text.isEmpty()) {
      return OptionalLong.empty();
    }
    if (!text.get().matches("[0-9]{1,18}")) {
      throw malformed(0, "slot-id is a decimal number");
    }
    return OptionalLong.of(Long.parseLong(text.get()));
  }

  /** The module's file, if it is named so. */
  public Optional<Path> modulePath() throws FormatException {
    return text(Attribute.MODULE_PATH).map(Path::of);
  }

  /** The file whose first line is the PIN: an absolute path, with or without {@code file:}. */
  public Optional<Path> pinFile() throws FormatException {
    var source = text(Attribute.PIN_SOURCE);
    if (source.isEmpty()) {
      return Optional.empty();
    }
    String path = source.get().replaceFirst("^file:(//)?(?=/)", "");
    if (!path.startsWith("/")) {
      throw malformed(0, "pin-source is file:/PATH or an absolute path");
    }
    return Optional.of(Path.of(path));
  }

  @Override
  public String toString() {
    var path = new StringBuilder();
    var query = new StringBuilder();
    values.forEach((attribute, value) -> {
      var target = attribute.query ? query : path;
      target.append(target.isEmpty() ? "" : attribute.query ? "&" : ";");
      target.append(attribute.label).append('=').append(encode(value, attribute));
    });
    return SCHEME + path + (query.isEmpty() ? "" : "?" + query);
  }

  private static String encode(Bytes value, Attribute attribute) {
    var text = new StringBuilder();
    for (int i = 0; i < value.size(); i++) {
      int octet = value.at(i);
      boolean plain = attribute != Attribute.ID && allowed((char) octet, attribute.query);
      text.append(plain ? String.valueOf((char) octet) : "%%%02x".formatted(octet));
    }
    return text.toString();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Pkcs11Uri that && values.equals(that.values);
  }

  @Override
  public int hashCode() {
    return values.hashCode();
  }

  private static FormatException malformed(int offset, String problem) {
    return new FormatException("PKCS#11 URI", offset, problem);
  }
}
