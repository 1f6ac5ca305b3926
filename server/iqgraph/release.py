"""The release: every file that is published, as bytes, a pure function of the dataset."""

import gzip
import re
from hashlib import sha256

from pyoxigraph import Triple

from .dataset import UNION, Dataset, Node
from .errors import DatasetError
from .formats import JSON_LD, RDF_FORMATS, TURTLE
from .resources import Sources, rdf_files
from .serialisation import serialise, serialise_graphs
from .terms import DERIVED, GRAPH, META, ONTOLOGY

NAME = "iq-hessen"
SUMS = "SHA256SUMS"
PARTS = ("names", "passages", "notes", "official", "links")
LAST = (DERIVED, ONTOLOGY, META)
PREFIX = re.compile(r"^@prefix\s+([\w-]*:)\s*<([^>]*)>\s*\.\n*", re.MULTILINE)


def build(dataset: Dataset) -> dict[str, bytes]:
    """All files of the release by name; an equal dataset gives equal bytes."""
    files = dumps(dataset)
    files |= {f"{name}.gz": gzip.compress(content, mtime=0) for name, content in files.items()}
    if ontology := list(dataset.triples(ONTOLOGY)):
        files["ontology.ttl"] = serialise(ontology, TURTLE, dataset.prefixes)
    if dataset.sources is not None:
        files["shapes.ttl"] = shapes(dataset.sources).encode()
    return files | {SUMS: checksums(files)}


def dumps(dataset: Dataset) -> dict[str, bytes]:
    """The dataset in every RDF format: with its named graphs where the format has them, else as one graph.

    Statements about statements, which RDF of anybody may hold, have no place in JSON-LD: then there is none.
    """
    union = set(dataset.triples(UNION))
    graphs = [(graph, list(dataset.triples(graph))) for graph in ordered_graphs(dataset)]
    ungraphed = union.difference(*(triples for _, triples in graphs))
    nested = any(isinstance(triple.object, Triple) for triple in union)
    return {
        f"{NAME}.{form.extension}": (
            serialise_graphs(graphs, form, dataset.prefixes, ungraphed)
            if form.kind == "dataset"
            else serialise(union, form, dataset.prefixes)
        )
        for form in RDF_FORMATS
        if not (nested and form is JSON_LD)
    }


def ordered_graphs(dataset: Dataset) -> list[Node]:
    """The graphs in reading order: what passages say, then what belongs to documents, then all else."""
    return sorted(dataset.graphs(), key=_place)


def checksums(files: dict[str, bytes]) -> bytes:
    """The hashes of the files, as `sha256sum --check` reads them."""
    return "".join(f"{sha256(files[name]).hexdigest()}  {name}\n" for name in sorted(files)).encode()


def shapes(sources: Sources) -> str:
    """All shapes in one file: the bodies of the sources below one set of prefixes."""
    prefixes: dict[str, str] = {}
    bodies = []
    for file in rdf_files(sources.shapes, "shapes"):
        text = file.text()
        for prefix, namespace in PREFIX.findall(text):
            if prefixes.setdefault(prefix, namespace) != namespace:
                raise DatasetError(f"{file.name}: the prefix {prefix} means something else in another file.")
        bodies.append(PREFIX.sub("", text).strip())
    head = "".join(f"@prefix {prefix} <{prefixes[prefix]}> .\n" for prefix in sorted(prefixes))
    return "\n\n".join([head.rstrip(), *bodies]).strip() + "\n"


def _place(graph: Node) -> tuple[int, str]:
    if graph in LAST:
        return len(PARTS) + 1 + LAST.index(graph), ""
    name = graph.value.removeprefix(GRAPH.iri)
    part = name.partition("/")[0]
    return (PARTS.index(part) + 1 if part in PARTS else 0), name
