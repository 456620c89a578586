// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.eventlog;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Event types by their names in the TCG PC Client Platform Firmware Profile, "Event Types". */
public enum TcgEventType implements EventType {
  EV_PREBOOT_CERT(0x00),
  EV_POST_CODE(0x01),
  EV_UNUSED(0x02),
  EV_NO_ACTION(0x03),
  EV_SEPARATOR(0x04),
  EV_ACTION(0x05),
  EV_EVENT_TAG(0x06),
  EV_S_CRTM_CONTENTS(0x07),
  EV_S_CRTM_VERSION(0x08),
  EV_CPU_MICROCODE(0x09),
  EV_PLATFORM_CONFIG_FLAGS(0x0a),
  EV_TABLE_OF_DEVICES(0x0b),
  EV_COMPACT_HASH(0x0c),
  EV_IPL(0x0d),
  EV_IPL_PARTITION_DATA(0x0e),
  EV_NONHOST_CODE(0x0f),
  EV_NONHOST_CONFIG(0x10),
  EV_NONHOST_INFO(0x11),
  EV_OMIT_BOOT_DEVICE_EVENTS(0x12),
  EV_POST_CODE2(0x13),
  EV_EFI_EVENT_BASE(0x80000000L),
  EV_EFI_VARIABLE_DRIVER_CONFIG(0x80000001L),
  EV_EFI_VARIABLE_BOOT(0x80000002L),
  EV_EFI_BOOT_SERVICES_APPLICATION(0x80000003L),
  EV_EFI_BOOT_SERVICES_DRIVER(0x80000004L),
  EV_EFI_RUNTIME_SERVICES_DRIVER(0x80000005L),
  EV_EFI_GPT_EVENT(0x80000006L),
  EV_EFI_ACTION(0x80000007L),
  EV_EFI_PLATFORM_FIRMWARE_BLOB(0x80000008L),
  EV_EFI_HANDOFF_TABLES(0x80000009L),
  EV_EFI_PLATFORM_FIRMWARE_BLOB2(0x8000000aL),
  EV_EFI_HANDOFF_TABLES2(0x8000000bL),
  EV_EFI_VARIABLE_BOOT2(0x8000000cL),
  EV_EFI_GPT_EVENT2(0x8000000dL),
  EV_EFI_HCRTM_EVENT(0x80000010L),
  EV_EFI_VARIABLE_AUTHORITY(0x800000e0L),
  EV_EFI_SPDM_FIRMWARE_BLOB(0x800000e1L),
  EV_EFI_SPDM_FIRMWARE_CONFIG(0x800000e2L),
  EV_EFI_SPDM_DEVICE_POLICY(0x800000e3L),
  EV_EFI_SPDM_DEVICE_AUTHORITY(0x800000e4L);

  private static final Map<Long, TcgEventType> BY_VALUE =
      Arrays.stream(values()).collect(Collectors.toMap(TcgEventType::value, Function.identity()));

  private final long value;

  TcgEventType(long value) {
    this.value = value;
  }

  @Override
  public long value() {
    return value;
  }

  static Optional<TcgEventType> byValue(long value) {
    return Optional.ofNullable(BY_VALUE.get(value));
  }
}
