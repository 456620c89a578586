// SPDX-FileCopyrightText: The trustme authors
// SPDX-License-Identifier: Apache-2.0

package dev.trustme;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.junit.ArchTests;
import com.tngtech.archunit.lang.ArchRule;
import dev.trustme.testing.HouseRules;

/** The arrows of the house as seen from this module, and the rules of every room. */
@AnalyzeClasses(
    packages = "dev.trustme",
    importOptions = {ImportOption.DoNotIncludeTests.class, ImportOption.DoNotIncludeJars.class})
class ArchitectureTest {
  /** A leaf: it decides nothing and knows no certificates. */
  @ArchTest
  static final ArchRule LEAF =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "org.bouncycastle..",
              "dev.trustme.trust..",
              "dev.trustme.artifact..",
              "dev.trustme.attest..");

  /** Commands use the tools; no tool knows its commands. */
  @ArchTest
  static final ArchRule COMMANDS_ON_TOP =
      noClasses()
          .that()
          .resideOutsideOfPackage("dev.trustme.cli..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("dev.trustme.cli..", "picocli..");

  @ArchTest static final ArchTests HOUSE_RULES = ArchTests.in(HouseRules.class);
}
