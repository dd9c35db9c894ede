# The recipe of pawl for Conan 2: conan create cmake/conan
import os
import re

from conan import ConanFile
from conan.tools.build import check_min_cppstd
from conan.tools.cmake import CMake, CMakeDeps, CMakeToolchain, cmake_layout
from conan.tools.files import copy, load
from conan.tools.gnu import PkgConfigDeps


class PawlConan(ConanFile):
    name = "pawl"
    description = "Keeps a registry of tasks and its SQLite database true to the disk"
    license = "MIT"
    topics = ("file-watching", "inotify", "sqlite", "registry")
    package_type = "library"
    settings = "os", "arch", "compiler", "build_type"
    options = {"shared": [True, False], "fPIC": [True, False]}
    default_options = {"shared": False, "fPIC": True}

    @property
    def _top(self):
        return os.path.join(self.recipe_folder, "..", "..")

    def set_version(self):
        text = load(self, os.path.join(self._top, "CMakeLists.txt"))
        self.version = re.search(r"project\(pawl VERSION ([0-9.]+)", text).group(1)

    def export_sources(self):
        for pattern in ("CMakeLists.txt", "LICENSE", "cmake/*", "core/*", "backends/*", "fallback/*",
                        "sync/*"):
            copy(self, pattern, self._top, self.export_sources_folder)

    def config_options(self):
        if self.settings.os == "Windows":
            del self.options.fPIC

    def configure(self):
        if self.options.shared:
            self.options.rm_safe("fPIC")

    def layout(self):
        cmake_layout(self)

    def validate(self):
        check_min_cppstd(self, 20)

    def requirements(self):
        # Programs with a loop of their own include <uv.h> beside pawl's headers.
        self.requires("libuv/[>=1.44 <2]", transitive_headers=True)
        self.requires("fmt/[>=9 <12]")
        self.requires("simdjson/[>=3 <4]")
        self.requires("sqlite3/[>=3.37 <4]")
        self.requires("yaml-cpp/[>=0.7 <1]")
        self.requires("libzip/[>=1.7 <2]")
        self.requires("xxhash/[>=0.8 <1]")
        self.requires("valijson/[>=1.0 <2]")
        self.requires("rapidjson/cci.20230929")
        self.requires("cli11/[>=2.2 <3]")
        self.requires("spdlog/[>=1.10 <2]")

    def build_requirements(self):
        self.tool_requires("cmake/[>=3.25 <5]")
        self.tool_requires("pkgconf/[>=2 <3]")

    def generate(self):
        toolchain = CMakeToolchain(self)
        toolchain.cache_variables["PAWL_KINDS"] = "shared" if self.options.shared else "static"
        toolchain.cache_variables["PAWL_BUILD_TESTS"] = False
        toolchain.cache_variables["PAWL_BUILD_BENCHMARKS"] = False
        toolchain.cache_variables["PAWL_WARNINGS_AS_ERRORS"] = False
        # No engine is to be had from Conan Center.
        toolchain.cache_variables["PAWL_WITH_JAVASCRIPT"] = False
        toolchain.generate()
        CMakeDeps(self).generate()
        PkgConfigDeps(self).generate()

    def build(self):
        cmake = CMake(self)
        cmake.configure()
        cmake.build()

    def package(self):
        copy(self, "LICENSE", self.source_folder, os.path.join(self.package_folder, "licenses"))
        CMake(self).install()

    def package_info(self):
        self.cpp_info.set_property("cmake_file_name", "pawl")
        watch = self.cpp_info.components["watch"]
        watch.libs = ["pawl_watch"]
        watch.set_property("cmake_target_name", "pawl::watch")
        watch.set_property("pkg_config_name", "pawl-watch")
        watch.requires = ["libuv::libuv", "fmt::fmt"]
        registry = self.cpp_info.components["pawl"]
        registry.libs = ["pawl"]
        registry.set_property("cmake_target_name", "pawl::pawl")
        registry.set_property("pkg_config_name", "pawl")
        registry.requires = ["watch", "simdjson::simdjson", "sqlite3::sqlite3", "yaml-cpp::yaml-cpp",
                             "libzip::libzip", "xxhash::xxhash", "valijson::valijson",
                             "rapidjson::rapidjson", "cli11::cli11", "spdlog::spdlog"]
        if self.options.shared:
            watch.defines = ["PAWL_SHARED_LIBRARY"]
        elif self.settings.os in ("Linux", "FreeBSD"):
            watch.system_libs = ["pthread", "m"]
