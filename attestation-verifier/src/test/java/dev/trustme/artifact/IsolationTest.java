// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.artifact;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.trustme.artifact.Isolation.Access;
import dev.trustme.artifact.Isolation.Device;
import dev.trustme.artifact.Isolation.Namespace;
import dev.trustme.artifact.Isolation.UsbDevice;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IsolationTest {
  private static final Optional<List<Device>> NO_DEVICES = Optional.empty();
  private static final Optional<List<UsbDevice>> NO_USB = Optional.empty();
  private static final Optional<List<Namespace>> NO_NAMESPACES = Optional.empty();

  private static void assertMade(boolean made, Supplier<?> value) {
    if (made) {
      assertEquals(true, value.get() != null);
    } else {
      assertThrows(IllegalArgumentException.class, value::get);
    }
  }

  private static Isolation devices(List<Device> devices) {
    return new Isolation(
        Optional.of(devices), NO_USB, NO_NAMESPACES, Optional.empty(), Optional.empty());
  }

  @Test
  void eachDemandIsEnough() {
    var usb = List.of(new UsbDevice("1d6b", "0002", Optional.empty()));
    var own = List.of(Namespace.PID, Namespace.MOUNT, Namespace.USER);
    assertMade(true, () -> devices(List.of(new Device("/dev/null", Access.READ))));
    assertMade(
        true,
        () ->
            new Isolation(
                NO_DEVICES, Optional.of(usb), NO_NAMESPACES, Optional.empty(), Optional.empty()));
    assertMade(true, () -> namespaces(own));
    assertMade(true, () -> selinux("a:b:c"));
    assertMade(true, () -> cpu(1));
    assertMade(
        false,
        () -> new Isolation(NO_DEVICES, NO_USB, NO_NAMESPACES, Optional.empty(), Optional.empty()));
  }

  private static Isolation namespaces(List<Namespace> namespaces) {
    return new Isolation(
        NO_DEVICES, NO_USB, Optional.of(namespaces), Optional.empty(), Optional.empty());
  }

  private static Isolation selinux(String label) {
    return new Isolation(NO_DEVICES, NO_USB, NO_NAMESPACES, Optional.of(label), Optional.empty());
  }

  private static Isolation cpu(int thousandths) {
    return new Isolation(
        NO_DEVICES, NO_USB, NO_NAMESPACES, Optional.empty(), Optional.of(thousandths));
  }

  @Test
  void someNamespacesAreNeverShared() {
    var all = List.of(Namespace.PID, Namespace.MOUNT, Namespace.USER);
    for (Namespace missing : all) {
      assertMade(false, () -> namespaces(all.stream().filter(n -> n != missing).toList()));
    }
  }

  @ParameterizedTest
  @CsvSource({"0, false", "1, true", "1024000, true", "1024001, false"})
  void shareOfProcessors(int thousandths, boolean made) {
    assertMade(made, () -> cpu(thousandths));
  }

  @Test
  void labelsHaveTheirForm() {
    assertMade(true, () -> selinux("a:b:" + "c".repeat(251)));
    assertMade(false, () -> selinux("a:b:" + "c".repeat(252)));
    assertMade(true, () -> selinux("a:b:c:s0-s0:c0.c3"));
    assertMade(false, () -> selinux("a:b"));
  }

  @Test
  void listsAreBoundedAndWithoutRepetition() {
    var many =
        IntStream.range(0, 256).mapToObj(i -> new Device("/dev/tty" + i, Access.READ)).toList();
    assertMade(true, () -> devices(many));
    var more =
        IntStream.range(0, 257).mapToObj(i -> new Device("/dev/tty" + i, Access.READ)).toList();
    assertMade(false, () -> devices(more));
    assertMade(false, () -> devices(List.of()));
    var one = new Device("/dev/null", Access.READ);
    assertMade(false, () -> devices(List.of(one, one)));
  }

  @ParameterizedTest
  @CsvSource({
    "/dev/null, true",
    "/dev/bus/usb/001, true",
    "/dev, false",
    "/dev/../mem, false",
    "/sys/x, false",
    "/dev/mem, false",
    "/dev/kmem, false",
    "/dev/port, false"
  })
  void devicesLieBelowDev(String path, boolean made) {
    assertMade(made, () -> new Device(path, Access.READ_WRITE));
  }

  @ParameterizedTest
  @CsvSource({
    "1d6b, 0002, a, true",
    "1D6B, 0002, a, false",
    "1d6b, 2, a, false",
    "1d6b, 0002, 'a b', false"
  })
  void usbDevicesHaveNumbers(String vendor, String product, String serial, boolean made) {
    assertMade(made, () -> new UsbDevice(vendor, product, Optional.of(serial)));
  }
}
