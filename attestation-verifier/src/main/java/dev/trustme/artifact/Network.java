// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.artifact;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A container's network: {@code none}, nothing in a namespace of its own; {@code veth}, a pair
 * whose other end the host connects; {@code interface:NAME}, an interface of the host that becomes
 * the container's alone.
 */
public record Network(Kind kind, Optional<String> name) {
  public static final Network NONE = new Network(Kind.NONE, Optional.empty());
  public static final Network VETH = new Network(Kind.VETH, Optional.empty());

  private static final String INTERFACE = "interface:";

  /** Interface names of Linux: at most 15 bytes. */
  private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9_][a-zA-Z0-9_.-]{0,14}");

  /** Kinds of network. */
  public enum Kind {
    NONE,
    VETH,
    INTERFACE
  }

  public Network {
    if ((kind == Kind.INTERFACE) != name.isPresent()
        || !name.map(n -> NAME.matcher(n).matches()).orElse(true)) {
      throw new IllegalArgumentException(
          "network: expected a name of 1 to 15 letters, digits, '.', '_' or '-' with interface");
    }
  }

  @JsonCreator
  public static Network parse(String text) {
    if (text.startsWith(INTERFACE)) {
      return new Network(Kind.INTERFACE, Optional.of(text.substring(INTERFACE.length())));
    }
    return switch (text) {
      case "none" -> NONE;
      case "veth" -> VETH;
      default ->
          throw new IllegalArgumentException(
              "network: expected none, veth or interface:NAME, found " + text);
    };
  }

  @Override
  @JsonValue
  public String toString() {
    return switch (kind) {
      case NONE -> "none";
      case VETH -> "veth";
      case INTERFACE -> INTERFACE + name.orElseThrow();
    };
  }
}
