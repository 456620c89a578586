# SPDX-FileCopyrightText: The trustme authors
# SPDX-License-Identifier: Apache-2.0
#
# Signs what recipes install and what images become. See README.md two folders up.

TRUSTME ?= "trustme"
TRUSTME_PKI ?= ""
TRUSTME_PASS_FILE ?= ""
TRUSTME_MODULE_ROLE ?= "module"
TRUSTME_INITRD ?= ""
TRUSTME_CMDLINE ?= "${APPEND}"
TRUSTME_STUB ?= "${DEPLOY_DIR_IMAGE}/linux${EFI_ARCH}.efi.stub"
TRUSTME_KERNEL ?= "${DEPLOY_DIR_IMAGE}/${KERNEL_IMAGETYPE}"

# The passphrase and the place of the folder are no part of what is built.
TRUSTME_PKI[vardepsexclude] = "TRUSTME_PKI"
TRUSTME_PASS_FILE[vardepsexclude] = "TRUSTME_PASS_FILE"

trustme_sign() {
    if [ -z "${TRUSTME_PKI}" ]; then
        echo "trustme-sign: TRUSTME_PKI names no PKI folder: nothing is signed" >&2
        exit 1
    fi
    if [ -n "${TRUSTME_PASS_FILE}" ]; then
        ${TRUSTME} sign "$@" --pki "${TRUSTME_PKI}" --pass-file "${TRUSTME_PASS_FILE}"
    else
        ${TRUSTME} sign "$@" --pki "${TRUSTME_PKI}"
    fi
}

# After do_install of recipes with kernel modules. Packaging leaves a signed module as it is, so debug information
# goes while modules are installed.
EXTRA_OEMAKE:append = " INSTALL_MOD_STRIP=1"

trustme_sign_modules() {
    for modules in ${D}${nonarch_base_libdir}/modules; do
        if [ -d "$modules" ]; then
            trustme_sign modules "$modules" --in-place --replace --role "${TRUSTME_MODULE_ROLE}"
        fi
    done
}

# The finished root file system as a layer, and the UKI that boots nothing else.
do_trustme_layer() {
    trustme_sign layer "${IMAGE_ROOTFS}" -o "${IMGDEPLOYDIR}/${IMAGE_NAME}.layer.img" --force
    root=$(sed -n 's/.*"cmdline" *: *"\([^"]*\)".*/\1/p' "${IMGDEPLOYDIR}/${IMAGE_NAME}.layer.img.json")
    if [ -z "$root" ]; then
        echo "trustme-sign: ${IMAGE_NAME}.layer.img.json holds no command line" >&2
        exit 1
    fi
    trustme_sign uki --stub "${TRUSTME_STUB}" --kernel "${TRUSTME_KERNEL}" --initrd "${TRUSTME_INITRD}" \
        --cmdline "${TRUSTME_CMDLINE} $root" --os-release "${IMAGE_ROOTFS}/usr/lib/os-release" \
        -o "${IMGDEPLOYDIR}/${IMAGE_NAME}.efi" --force
}

# The kernel's own build must not sign: CONFIG_MODULE_SIG_ALL is not set.
python () {
    if bb.data.inherits_class('kernel', d) or bb.data.inherits_class('module', d):
        d.appendVarFlag('do_install', 'postfuncs', ' trustme_sign_modules')
    if bb.data.inherits_class('image', d) and d.getVar('TRUSTME_INITRD'):
        bb.build.addtask('do_trustme_layer', 'do_image_complete', 'do_rootfs', d)
}
do_trustme_layer[dirs] = "${IMGDEPLOYDIR}"
do_trustme_layer[depends] += "virtual/kernel:do_deploy systemd-boot:do_deploy"
