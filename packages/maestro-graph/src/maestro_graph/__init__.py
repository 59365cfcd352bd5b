"""Expand a maestro study and its parameters into a graph of instances."""

from maestro_graph.__about__ import __version__
from maestro_graph.acquisition import acquire
from maestro_graph.errors import (
    DependencyError,
    FormatError,
    GraphError,
    ParameterError,
    PgenError,
    ResourceError,
    ResultError,
    StudyError,
    TokenError,
    TopologyError,
)
from maestro_graph.expansion.expand import expand
from maestro_graph.files.graph_file import read_earlier, read_graph, read_labels, write_graph
from maestro_graph.files.meta_yaml import write_meta
from maestro_graph.files.parameters_file import read_parameters, write_parameters
from maestro_graph.files.spec_file import read_spec
from maestro_graph.model.earlier import Amendment, Earlier, Place
from maestro_graph.model.generator import Combination, ParameterGenerator
from maestro_graph.model.graph import (
    Batch,
    Failure,
    Graph,
    GraphStep,
    Instance,
    Resources,
    Result,
    Value,
)
from maestro_graph.model.parameters import ParameterTable, TableColumn
from maestro_graph.parameters.pgen import load_pgen
from maestro_graph.parameters.table_builder import build_table
from maestro_graph.workspace import expand_workspace

__all__ = [
    "Amendment",
    "Batch",
    "Combination",
    "DependencyError",
    "Earlier",
    "Failure",
    "FormatError",
    "Graph",
    "GraphError",
    "GraphStep",
    "Instance",
    "ParameterError",
    "ParameterGenerator",
    "ParameterTable",
    "PgenError",
    "Place",
    "ResourceError",
    "Resources",
    "Result",
    "ResultError",
    "StudyError",
    "TableColumn",
    "TokenError",
    "TopologyError",
    "Value",
    "__version__",
    "acquire",
    "build_table",
    "expand",
    "expand_workspace",
    "load_pgen",
    "read_earlier",
    "read_graph",
    "read_labels",
    "read_parameters",
    "read_spec",
    "write_graph",
    "write_meta",
    "write_parameters",
]
