// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.cel;

import dev.trustme.bytes.Bytes;
import java.util.List;
import java.util.Optional;

/** What a record says was measured. TCG Canonical Event Log Format 1.0, 5.2. */
public sealed interface CelContent {
  /** The name of the content type, as CEL-JSON has it. */
  String type();

  /** An event about the log itself: its version, the end of firmware, a time, a state change. */
  record CelManagement(List<CelTlv> fields) implements CelContent {
    public CelManagement {
      fields = List.copyOf(fields);
    }

    @Override
    public String type() {
      return "cel";
    }
  }

  /** An event of the firmware's log; the type is covered by no digest. */
  record PcClientStd(long untrustedEventType, Bytes eventData) implements CelContent {
    @Override
    public String type() {
      return "pcclient_std";
    }
  }

  /** An entry of the kernel's IMA log. */
  record ImaTemplate(String templateName, Bytes templateData) implements CelContent {
    @Override
    public String type() {
      return "ima_template";
    }
  }

  /** A file's measurement, field by field: path (0), datahash (1), datasig (2) and others. */
  record ImaTlv(List<CelTlv> fields) implements CelContent {
    public ImaTlv {
      fields = List.copyOf(fields);
    }

    @Override
    public String type() {
      return "ima_tlv";
    }
  }

  /**
   * What systemd measured in user space: the bytes of {@code string} are hashed, except for volume
   * keys, which give an HMAC.
   *
   * @param timestamp microseconds since boot
   */
  record Systemd(
      Optional<String> string,
      Optional<String> eventType,
      Optional<String> bootId,
      Optional<Long> timestamp)
      implements CelContent {
    /** The event whose digest is keyed by the volume key that it proves. */
    static final String VOLUME_KEY = "volume-key";

    @Override
    public String type() {
      return "systemd";
    }
  }

  /** The start of a container; the bytes of the string are hashed. */
  record Container(ContainerEvent event, String string) implements CelContent {
    @Override
    public String type() {
      return CelRecord.CONTAINER;
    }
  }

  /** A record that says nothing of what was measured, as in .pcrlock files. */
  record None() implements CelContent {
    @Override
    public String type() {
      return "none";
    }
  }

  /** A type that is not decoded: its TLV value, or its JSON. */
  record Unknown(String type, Bytes raw) implements CelContent {}
}
