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
  /** A device carries no class that signs for a release engineer. */
  @ArchTest
  static final ArchRule NOTHING_HERE_SIGNS =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "dev.trustme.key..",
              "dev.trustme.issue..",
              "dev.trustme.sign..",
              "dev.trustme.uki..",
              "dev.trustme.image..",
              "dev.trustme.enrol..");

  @ArchTest static final ArchTests HOUSE_RULES = ArchTests.in(HouseRules.class);
}
