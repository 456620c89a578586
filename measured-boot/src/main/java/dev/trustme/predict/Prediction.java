// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme.predict;

import dev.trustme.bytes.FormatException;
import dev.trustme.bytes.HashAlgorithm;
import dev.trustme.uefi.PeImage;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The PCRs that a boot description determines, for one path at one phase: 4 (boot manager), 7
 * (Secure Boot), 9 (what the kernel was given), 11 (unified kernel image), 12 (command lines from
 * outside of it) and, with shim, 14 (MokList). The others depend on the firmware's own code and
 * settings, on the disk's partition table, or on userspace.
 *
 * @param components the programs of the path with their versions
 */
public record Prediction(
    String path, String phase, List<String> components, List<PredictedPcr> pcrs) {
  private static final Set<Integer> ALWAYS = Set.of(4, 7, 9, 11, 12);
  private static final int SHIM = 14;

  public Prediction {
    components = List.copyOf(components);
    pcrs = List.copyOf(pcrs);
  }

  /**
   * Every path at every phase, in the description's order. Refuses as malformed what would be
   * measured in a way that is not known for certain.
   */
  public static List<Prediction> of(BootDescription boot, Collection<HashAlgorithm> banks)
      throws FormatException {
    Set<HashAlgorithm> sorted = EnumSet.copyOf(banks);
    List<Prediction> predictions = new ArrayList<>();
    for (BootPath path : boot.paths()) {
      predictions.addAll(ofPath(boot, path, sorted));
    }
    return List.copyOf(predictions);
  }

  private static List<Prediction> ofPath(
      BootDescription boot, BootPath path, Set<HashAlgorithm> banks) throws FormatException {
    PathEvents measured;
    List<PredictedEvent> events = new ArrayList<>();
    try {
      measured = PathEvents.of(path, boot.variables());
      for (Measured event : measured.events()) {
        events.add(event.in(banks));
      }
    } catch (FormatException e) {
      throw e.in("path " + path.name());
    }
    SortedSet<Integer> pcrs = new TreeSet<>(ALWAYS);
    if (path.has(BootStep.Shim.class)) {
      pcrs.add(SHIM);
    }
    List<Prediction> predictions = new ArrayList<>();
    for (BootPhase phase : boot.phases()) {
      List<PredictedEvent> all = new ArrayList<>(events);
      for (Measured event : phase.events()) {
        all.add(event.in(banks));
      }
      predictions.add(
          new Prediction(path.name(), phase.name(), measured.components(), pcrs(pcrs, banks, all)));
    }
    return predictions;
  }

  private static List<PredictedPcr> pcrs(
      Collection<Integer> wanted, Set<HashAlgorithm> banks, List<PredictedEvent> events) {
    return wanted.stream()
        .map(pcr ->
            PredictedPcr.of(pcr, banks, events.stream().filter(e -> e.pcr() == pcr).toList()))
        .toList();
  }

  /**
   * What follows from a unified kernel image alone, signed or not yet: PCR 4 where firmware starts
   * it, 9 and 11.
   */
  public static List<PredictedPcr> ofImage(PeImage uki, HashAlgorithm bank) throws FormatException {
    var banks = Collections.singleton(bank);
    return pcrs(List.of(4, 9, 11), banks, ofImage(uki, BootPhase.KERNEL, banks));
  }

  /** The same as {@link #ofImage(PeImage, HashAlgorithm)}, at each phase in these banks. */
  public static List<Prediction> ofImage(
      PeImage uki, List<BootPhase> phases, Collection<HashAlgorithm> banks) throws FormatException {
    Set<HashAlgorithm> sorted = EnumSet.copyOf(banks);
    List<Prediction> predictions = new ArrayList<>();
    for (BootPhase phase : phases) {
      var events = ofImage(uki, phase, sorted);
      predictions.add(
          new Prediction("uki", phase.name(), List.of(), pcrs(List.of(4, 9, 11), sorted, events)));
    }
    return List.copyOf(predictions);
  }

  private static List<PredictedEvent> ofImage(
      PeImage uki, BootPhase phase, Set<HashAlgorithm> banks) throws FormatException {
    var stub = SystemdStub.of(uki);
    var events = new EventSequence();
    FirmwareEvents.firstOption(events);
    events.image("uki", uki);
    stub.add(events);
    List<Measured> all = new ArrayList<>(events.events());
    all.addAll(phase.events());
    List<PredictedEvent> predicted = new ArrayList<>();
    for (Measured event : all) {
      predicted.add(event.in(banks));
    }
    return predicted;
  }

  /** The predicted PCR; a PCR that is not predicted is the caller's mistake. */
  public PredictedPcr pcr(int index) {
    return pcrs.stream()
        .filter(p -> p.pcr() == index)
        .findFirst()
        .orElseThrow(() -> new NoSuchElementException("PCR %d is not predicted".formatted(index)));
  }
}
